package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import narlink.ground.Pass;
import narlink.ground.PassReport;

/// Passes. Bytes are those of frames on the pipe.
public final class PassJson {
    private PassJson() {}

    /// What came of a contact.
    public static JsonObject of(PassReport report) {
        var out = TimetableJson.route(report.route());
        out.addProperty("begin", report.begin().toString());
        out.addProperty("end", report.end().toString());
        out.addProperty("ended", report.result().why());
        add(out, report.result().tally());
        var left = new JsonArray();
        report.left().forEach(deployment -> left.add(DeploymentJson.of(deployment)));
        out.add("left", left);
        return out;
    }

    /// Adds what a pass has done.
    public static void add(JsonObject out, Pass.Tally tally) {
        out.addProperty("sentBytes", tally.sentBytes());
        out.addProperty("sourceBytes", tally.sourceBytes());
        out.addProperty("repairBytes", tally.repairBytes());
        out.addProperty("sentSegments", tally.sentSegments());
        out.addProperty("receivedBytes", tally.receivedBytes());
        out.addProperty("receivedReports", tally.receivedReports());
        out.addProperty("refusedSegments", tally.refusedSegments());
        out.addProperty("duplicateSegments", tally.duplicateSegments());
        out.addProperty("rejectedSegments", tally.rejectedSegments());
        out.addProperty("lossEstimate", tally.loss());
        out.addProperty("burstEstimate", tally.burst());
        out.addProperty("segmentSize", tally.segmentSize());
    }
}
