using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Emission;

// What is written for a block of examples, or for a block of pairs.
internal sealed partial class BlockEmitter
{
    private void Write(SweepResult result)
    {
        switch (result.Kind)
        {
            case ResultKind.Example:
                WriteExamples(result);
                break;
            case ResultKind.ExampleRow when result.Target == "rows":
                _out.Block($"if ({Includes(result.Block)})", () => WriteRows(result));
                break;
            case ResultKind.ExampleRow:
                CopyRows(result.Value, $"{result.Target}.Slice(i * {Names.Stride(result.Value.Length!)}, count * {Names.Stride(result.Value.Length!)})");
                break;
            case ResultKind.Gradient:
                _out.Block($"if ({Includes(result.Block)})", () => AddSums(result));
                break;
        }
    }

    private void WriteExamples(SweepResult result)
    {
        var value = Find(result.Value);
        if (result.Value.Length is not { } length)
        {
            var at = HasDirections && result.Target == "dots" ? $"d * ({result.Target}.Length / directionCount) + i" : "i";
            _out.Line($"MemoryMarshal.CreateReadOnlySpan(ref {value!.Name}, count).CopyTo({result.Target}.Slice({at}, count));");
            return;
        }

        var stride = Names.Stride(length);
        if (result.Target == "outputHessians")
        {
            _out.Block("for (var e = 0; e < count; e++)", () => _out.Line(
                $"MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref {value!.Name}, e * {stride}), {stride}).CopyTo({result.Target}.Slice(((i + e) * {Names.Count(length)} + output) * {stride}, {stride}));"));
            return;
        }

        var start = HasDirections ? $"d * ({result.Target}.Length / directionCount) + i * {stride}" : $"i * {stride}";
        CopyRows(result.Value, $"{result.Target}.Slice({start}, count * {stride})");
    }

    private void CopyRows(Expression value, string target) => _out.Line(
        $"MemoryMarshal.CreateReadOnlySpan(ref {RowAt(value, "0", "i")}, count * {Names.Stride(value.Length!)}).CopyTo({target});");

    /// <summary>An example's gradient written out.</summary>
    private void WriteRows(SweepResult result) => _out.Block("for (nint e = 0; e < count; e++)", () =>
    {
        var offset = Names.RowOffset(_model.Blocks[result.Block]);
        _out.Line($"ref var row = ref rows[(i + (int)e) * GradientRowLength + {offset}];");
        switch (result.Value)
        {
            case Outer outer:
                var (height, width) = (outer.Left.Length!, outer.Right.Length!);
                _out.Block($"for (nint j = 0; j < {Names.Count(height)}; j++)", () =>
                {
                    _out.Line($"var factor = Lanes.Create(Unsafe.Add(ref {RowAt(outer.Left, "e", "i")}, j));");
                    _out.Block($"for (nint k = 0; k < {Names.Stride(width)}; k += {_lanes})", () => _out.Line(
                        $"(factor * Lanes.LoadUnsafe(ref {RowAt(outer.Right, "e", "i")}, (nuint)k)).StoreUnsafe(ref row, (nuint)(j * {Names.Stride(width)} + k));"));
                });
                break;
            case { IsScalar: true }:
                _out.Line($"row = Unsafe.Add(ref {Find(result.Value)!.Name}, e);");
                _out.Line($"MemoryMarshal.CreateSpan(ref Unsafe.Add(ref row, 1), {Signatures.Invariant(_model.Line - 1)}).Clear();");
                break;
            default:
                var stride = Names.Stride(result.Value.Length!);
                _out.Line($"MemoryMarshal.CreateReadOnlySpan(ref {RowAt(result.Value, "e", "i")}, {stride}).CopyTo(MemoryMarshal.CreateSpan(ref row, {stride}));");
                break;
        }
    });

    private void AddSums(SweepResult result)
    {
        var sum = SumName(result);
        _out.Comment($"{sum} += Σ {Formula.Of(result.Value)}");
        if (result.Value.IsScalar)
        {
            _out.Line($"{sum} += TensorPrimitives.Sum(MemoryMarshal.CreateReadOnlySpan(ref {Find(result.Value)!.Name}, count));");
            return;
        }

        foreach (var term in BlockLowerer.Terms(result.Value))
        {
            switch (term)
            {
                case Outer outer:
                    _out.Line($"DenseProducts.AddProduct(ref {RowAt(outer.Left, "0", "i")}, 1, {Names.Stride(outer.Left.Length!)}, ref {RowAt(outer.Right, "0", "i")}, {Names.Stride(outer.Right.Length!)}, ref {sum}, {Names.Stride(outer.Right.Length!)}, {Names.Count(outer.Left.Length!)}, count, {Names.Count(outer.Right.Length!)});");
                    break;
                case Scaled scaled when Find(scaled) is null:
                    _out.Line($"DenseProducts.AddProduct(ref {Find(scaled.Factor)!.Name}, 1, 1, ref {RowAt(scaled.Vector, "0", "i")}, {Names.Stride(scaled.Length!)}, ref {sum}, {Names.Stride(scaled.Length!)}, 1, count, {Names.Count(scaled.Length!)});");
                    break;
                default:
                    var stride = Names.Stride(term.Length!);
                    _out.Block($"for (nint k = 0; k < {stride}; k += {_lanes})", () =>
                    {
                        _out.Line($"var total = Lanes.LoadUnsafe(ref {sum}, (nuint)k);");
                        _out.Block("for (nint e = 0; e < count; e++)", () => _out.Line(
                            $"total += Lanes.LoadUnsafe(ref {RowAt(term, "0", "i")}, (nuint)(e * {stride} + k));"));
                        _out.Line($"total.StoreUnsafe(ref {sum}, (nuint)k);");
                    });
                    break;
            }
        }
    }
}
