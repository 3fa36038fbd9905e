package narlink.ground.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;

/// Something wrong that is put into a class as it is loaded, as if somebody had written it so.
///
/// @param what in words
/// @param type the class
/// @param method in which it is wrong, its lambdas included
/// @param call simple name of the class and method that is not called; empty: the whole method is left out
/// @param answer what is returned in the place of what would have been, where that is a number or a truth
record Defect(String what, String type, String method, String call, int answer) {
    static Defect skips(String what, String type, String method, String call) {
        return new Defect(what, type, method, call, 0);
    }

    static Defect says(String what, String type, String method, String call, int answer) {
        return new Defect(what, type, method, call, answer);
    }

    /// The class with it.
    ///
    /// @throws IllegalStateException if there is nothing to leave out
    byte[] into(byte[] classFile) {
        var hits = new int[1];
        var file = ClassFile.of();
        CodeTransform code = (builder, element) -> {
            if (element instanceof InvokeInstruction invoke && isCall(invoke)) {
                hits[0]++;
                leaveOut(builder, invoke);
            } else {
                builder.with(element);
            }
        };
        ClassTransform calls = ClassTransform.transformingMethodBodies(
                found -> found.methodName().equalsString(method)
                        || found.methodName().stringValue().startsWith("lambda$" + method + "$"),
                code);
        ClassTransform whole = (builder, element) -> {
            if (element instanceof java.lang.classfile.MethodModel found
                    && found.methodName().equalsString(method)
                    && found.code().isPresent()) {
                hits[0]++;
                builder.withMethodBody(
                        found.methodName(),
                        found.methodType(),
                        found.flags().flagsMask(),
                        body -> answer(body, found.methodTypeSymbol().returnType()));
            } else {
                builder.with(element);
            }
        };
        byte[] changed = file.transformClass(file.parse(classFile), call.isEmpty() ? whole : calls);
        if (hits[0] == 0) throw new IllegalStateException("nothing to leave out: " + this);
        return changed;
    }

    private boolean isCall(InvokeInstruction invoke) {
        var owner = invoke.owner().asInternalName();
        var simple = owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1);
        return call.equals(simple + "." + invoke.name().stringValue());
    }

    private void leaveOut(CodeBuilder builder, InvokeInstruction invoke) {
        var type = invoke.typeSymbol();
        for (int i = type.parameterCount() - 1; i >= 0; i--) pop(builder, type.parameterType(i));
        if (invoke.opcode() != Opcode.INVOKESTATIC) builder.pop();
        push(builder, type.returnType());
    }

    private static void pop(CodeBuilder builder, ClassDesc type) {
        if (TypeKind.from(type).slotSize() == 2) builder.pop2();
        else builder.pop();
    }

    private void push(CodeBuilder builder, ClassDesc type) {
        switch (TypeKind.from(type)) {
            case VOID -> {}
            case LONG -> builder.loadConstant((long) answer);
            case DOUBLE -> builder.loadConstant((double) answer);
            case FLOAT -> builder.loadConstant((float) answer);
            case REFERENCE -> {
                if (type.descriptorString().equals("Ljava/util/Optional;")) {
                    builder.invokestatic(type, "empty", java.lang.constant.MethodTypeDesc.of(type));
                } else {
                    builder.aconst_null();
                }
            }
            default -> builder.loadConstant(answer);
        }
    }

    private void answer(CodeBuilder builder, ClassDesc type) {
        push(builder, type);
        builder.return_(TypeKind.from(type));
    }
}
