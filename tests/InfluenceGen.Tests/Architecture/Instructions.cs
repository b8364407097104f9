using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace InfluenceGen.Tests.Architecture;

/// <summary>Reads the instructions of a method's body (ECMA-335, partition III).</summary>
internal static class Instructions
{
    private static readonly Dictionary<short, OpCode> _codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>What the instructions name: types, methods, fields.</summary>
    public static IEnumerable<EntityHandle> Tokens(BlobReader body)
    {
        var tokens = new List<EntityHandle>();
        while (body.RemainingBytes > 0)
        {
            var first = body.ReadByte();
            var code = _codes[first == 0xFE ? (short)(0xFE00 | body.ReadByte()) : first];
            switch (code.OperandType)
            {
                case OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok:
                    tokens.Add((EntityHandle)MetadataTokens.Handle(body.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = body.ReadInt32();
                    body.Offset += targets * sizeof(int);
                    break;
                default:
                    body.Offset += SizeOf(code.OperandType);
                    break;
            }
        }

        return tokens;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineSig or OperandType.InlineString or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new InvalidOperationException($"An instruction with an operand of kind {operand} is not known here."),
    };
}
