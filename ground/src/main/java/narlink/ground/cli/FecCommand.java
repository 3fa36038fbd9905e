package narlink.ground.cli;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import narlink.fec.BlockDecoder;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "fec",
        description = "RFC 6330 symbols on standard input and output, for conformance tests of other implementations.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {FecCommand.Encode.class, FecCommand.Decode.class})
final class FecCommand {
    private static final int MAX_LISTED = 1 << 24;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /// The shape of the block.
    abstract static class Shape extends Base {
        @Option(names = "--k", required = true, paramLabel = "K", description = "Source symbols, 1 to 56403.")
        int k;

        @Option(names = "--t", required = true, paramLabel = "T", description = "Bytes of a symbol.")
        int t;

        @Option(names = "--esi", required = true, paramLabel = "LIST", description = "ESIs, as 0-9,17,100000.")
        String esi = "";

        List<Integer> esis() {
            if (k < 1 || k > Oti.K_MAX) throw new UsageException("--k must be between 1 and " + Oti.K_MAX);
            if (t < 1 || t > Oti.SYMBOL_SIZE_MAX || (long) k * t > Oti.BLOCK_BYTES_MAX) {
                throw new UsageException("--t must be between 1 and " + Oti.SYMBOL_SIZE_MAX + ", and the block at most "
                        + Oti.BLOCK_BYTES_MAX + " bytes");
            }
            var list = new ArrayList<Integer>();
            for (var part : esi.split(",")) {
                var match = RANGE.matcher(part.strip());
                if (!match.matches()) throw new UsageException("--esi: \"" + part + "\" is neither N nor N-M");
                int first = number(match.group(1));
                int last = match.group(2) == null ? first : number(match.group(2));
                if (last < first || list.size() + (last - first) >= MAX_LISTED) {
                    throw new UsageException("--esi: \"" + part + "\" is no range of ESIs");
                }
                for (int i = first; i <= last; i++) list.add(i);
            }
            return list;
        }

        private static int number(String digits) {
            int number = Integer.parseInt(digits);
            if (number > BlockEncoder.ESI_MAX) {
                throw new UsageException("--esi: " + number + " is above " + BlockEncoder.ESI_MAX);
            }
            return number;
        }

        private static final Pattern RANGE = Pattern.compile("([0-9]{1,8})(?:-([0-9]{1,8}))?");
    }

    @Command(
            name = "encode",
            description = "Reads the block's K·T bytes and writes the symbols of the listed ESIs, in their order.",
            footer = {"", "Example: narlink fec encode --k 10 --t 64 --esi 10-19 <block >symbols"})
    static final class Encode extends Shape {
        @Override
        public Integer call() throws IOException {
            var list = esis();
            byte[] block = System.in.readNBytes(k * t);
            if (block.length != k * t || System.in.read() >= 0) {
                throw new IOException("standard input must hold exactly K·T = " + k * t + " bytes");
            }
            var encoder = BlockEncoder.of(block, 0, block.length, k, t);
            byte[] symbol = new byte[t];
            for (int one : list) {
                encoder.symbol(one, symbol, 0);
                System.out.write(symbol);
            }
            System.out.flush();
            return 0;
        }
    }

    @Command(
            name = "decode",
            description = "Reads the symbols of the listed ESIs, in their order, and writes the block's K·T bytes.",
            footer = {"", "Example: narlink fec decode --k 10 --t 64 --esi 10-19 <symbols >block"})
    static final class Decode extends Shape {
        @Override
        public Integer call() throws IOException {
            var list = esis();
            var decoder = new BlockDecoder(k, t);
            var in = new DataInputStream(System.in);
            byte[] symbol = new byte[t];
            for (int one : list) {
                try {
                    in.readFully(symbol);
                } catch (EOFException e) {
                    throw new IOException(
                            "standard input ends before " + list.size() + " symbols of " + t + " bytes", e);
                }
                decoder.add(one, symbol, 0);
            }
            if (!decoder.decode()) {
                throw new IOException("these symbols do not determine the block; give more of them");
            }
            System.out.write(decoder.data(), 0, k * t);
            System.out.flush();
            return 0;
        }
    }
}
