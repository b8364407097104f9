using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

// Where values lie: the caller's leaves, and scratch memory.
internal sealed partial class KernelPrinter
{
    private void Declare(IEnumerable<Value> values)
    {
        foreach (var value in values.Where(IsDeclared))
        {
            _out.Line($"var {Of(value)} = {(value.IsScratch ? Memory(value) : Leaf(value))};");
        }
    }

    /// <summary>Matrices that are only multiplied with are declared as such.</summary>
    private bool IsDeclared(Value value) => value.IsScratch || !value.Shape.IsMatrix
        || _kernel.Steps.Any(step => step is not ProductStep && step.Reads.Contains(value))
        || _kernel.Outputs.Any(output => output.Reads.Contains(value));

    private string Memory(Value value)
    {
        var examples = !Sweep.IsOverPairs ? TileLength : value.Side == Side.Left ? "TileLength" : "PairTileLength";
        if (value.Shape is { IsMatrix: true, Rows: { } height, Length: { } columns })
        {
            // A matrix of each example is one long row.
            return value.Level == Level.Example ? $"scratch.Rows({examples}, {Sizes.Length(height)} * {Sizes.Stride(columns)})"
                : $"scratch.Rows({Sizes.Length(height)}, {Sizes.Length(columns)})";
        }

        return (value.Level == Level.Example, value.Shape.Length) switch
        {
            (true, null) => $"scratch.Numbers({examples})",
            (true, var length) => $"scratch.Rows({examples}, {Sizes.Length(length)})",
            (false, null) => "scratch.Number(0)",
            (false, var length) => $"scratch.Row({Sizes.Length(length)})",
        };
    }

    private string Leaf(Value value)
    {
        var symbol = value.Leaf!;
        var (set, tile) = (SetOf(symbol.Side), TileOf(symbol.Side));
        switch (symbol.Role)
        {
            case Role.Parameter:
                return Laid(symbol, "weights", tile);
            case Role.Direction:
                return Laid(symbol, "direction", tile);
            case Role.Other:
                return Laid(symbol, "other", tile);
            case Role.Mask:
                return $"scratch.Number(blocks.Contains({Formula.Invariant(symbol.Slot)}) ? 1 : 0)";
            case Role.Basis:
                return $"scratch.Row({Sizes.Length(symbol.Length!)})";
            case Role.Share:
                return value.Level == Level.Segment && IsWhole ? $"Panel.NumbersOfSegments({set}.RowShares({Formula.Invariant(symbol.Slot)}), 0, 1)"
                    : value.Level == Level.Segment ? $"Panel.Number({set}.RowShares({Formula.Invariant(symbol.Slot)}), {Run}.Row)"
                    : $"Panel.GatheredNumbers({set}.RowShares({Formula.Invariant(symbol.Slot)}), 0, {Index(symbol.Slot, symbol.Side)})";
            case Role.Coefficient:
                return $"coefficients.IsEmpty ? Panel.Ones<{_type}>() : {OfExamples("coefficients", null, tile)}";
            case Role.Feature:
                return OfExamples($"{set}.Features", symbol.Length, tile);
            case Role.Label:
                return OfExamples($"{set}.Labels", symbol.Length, tile);
            case Role.Weight:
                return OfExamples($"{set}.Weights", symbol.Length, tile);
            case Role.Offset:
                return OfExamples($"{set}.Offsets", symbol.Length, tile);
            case Role.Cotangent:
                return OfExamples("cotangents", symbol.Length, tile);
            case Role.OutputGradient:
                return OfExamples(!Sweep.IsOverPairs ? "outputGradients" : symbol.Side == Side.Left ? "leftOutputGradients" : "rightOutputGradients", symbol.Length, tile);
            default:
                throw UnknownNodeException.In("The printer", symbol);
        }
    }

    private string SetOf(Side side) => !Sweep.IsOverPairs ? "examples" : side == Side.Left ? "leftExamples" : "rightExamples";

    private static string TileOf(Side side) => side == Side.Left ? "left" : "tile";

    /// <summary>Whether segments are gone over at once: what belongs to them is one for each.</summary>
    private bool IsWhole => PassOf is { IsWhole: true };

    /// <summary>The tile that knows the segment's row.</summary>
    private string Run => Sweep.IsOverPairs ? "run" : "tile";

    private string OfExamples(string memory, Dimension? length, string tile)
    {
        // Spans that are written elsewhere: before C# 14 no type is inferred of them.
        var type = memory == "outputGradients" ? $"<{_type}>" : "";
        return (IsListed, length) switch
        {
            (true, null) => $"Panel.GatheredNumbers{type}({memory}, 0, {tile}.Order)",
            (true, _) => $"Panel.Gathered{type}({memory}, 0, {Sizes.Length(length)}, {tile}.Order)",
            (false, null) => $"Panel.Numbers{type}({memory}, {tile}.Start, {tile}.Count)",
            (false, _) => $"Panel.Rows{type}({memory}, {tile}.Start, {tile}.Count, {Sizes.Length(length)})",
        };
    }

    /// <summary>A block of parameters, or a row of a table.</summary>
    private string Laid(Symbol symbol, string memory, string tile)
    {
        var (block, offset) = (_model.Blocks[symbol.Slot], _sizes.Offset(symbol.Slot));
        if (block.Height is { } height)
        {
            return $"Panel.Rows({memory}[{offset}..], 0, {Sizes.Length(height)}, {Sizes.Length(block.Columns!)})";
        }

        if (symbol.Column < 0)
        {
            return block.Columns is null ? $"Panel.Number({memory}, {offset})" : $"Panel.Row({memory}, {offset}, {Sizes.Length(block.Columns)})";
        }

        if (LevelOf(symbol) == Level.Segment && IsWhole)
        {
            return block.Columns is null ? $"Panel.NumbersOfSegments({memory}, {offset}, 1)"
                : $"Panel.RowsOfSegments({memory}, {offset}, {Sizes.Length(block.Columns)}, {Sizes.Stride(block.Columns)})";
        }

        if (LevelOf(symbol) == Level.Segment)
        {
            return block.Columns is null ? $"Panel.Number({memory}, {offset} + {Run}.Row)"
                : $"Panel.Row({memory}, {offset} + {Run}.Row * {Sizes.Stride(block.Columns)}, {Sizes.Length(block.Columns)})";
        }

        return block.Columns is null ? $"Panel.GatheredNumbers({memory}, {offset}, {Index(symbol.Column, symbol.Side)})"
            : $"Panel.Gathered({memory}, {offset}, {Sizes.Length(block.Columns)}, {Index(symbol.Column, symbol.Side)})";
    }

    private Level LevelOf(Symbol symbol) => _kernel.Values.First(value => ReferenceEquals(value.Meaning, symbol) && !value.IsScratch).Level;

    /// <summary>The rows of a table that a tile's examples name, in the order in which the pass visits them.</summary>
    private string Index(int column, Side side)
    {
        var (set, tile) = (SetOf(side), TileOf(side));
        var place = IsListed ? $"{Formula.Invariant(column)}, {Formula.Invariant(Sweep.Pass)}" : Formula.Invariant(column);
        return $"{set}.Index({place}).Slice({tile}.Start, {tile}.Count)";
    }

    // ---- matrices ------------------------------------------------------------------------------------------------

    private string MatrixName(Value matrix) => matrix.Leaf is null ? Of(matrix) + "Matrix" : IsDeclared(matrix) ? Of(matrix) + "Matrix" : Of(matrix);

    /// <summary>Whether a matrix of the caller's is among those that products are faster with a transposed copy of.</summary>
    private bool PacksMatrices(Func<Value, bool> isMeant) =>
        _kernel.Steps.OfType<ProductStep>().Any(step => !step.IsTransposed && step.Matrix.Leaf is not null && isMeant(step.Matrix));

    private IEnumerable<(Value Matrix, bool IsPacked)> Multiplied() => _kernel.Steps.OfType<ProductStep>().GroupBy(step => step.Matrix)
        .Select(steps => (steps.Key, steps.Any(step => !step.IsTransposed)));

    private void Matrices()
    {
        foreach (var (matrix, isPacked) in Multiplied().Where(pair => !pair.Matrix.IsRepeated))
        {
            DeclareMatrix(matrix, isPacked, "examplesOfSegment");
        }
    }

    private void RepeatedMatrices()
    {
        foreach (var (matrix, isPacked) in Multiplied().Where(pair => pair.Matrix.IsRepeated))
        {
            DeclareMatrix(matrix, isPacked, "Math.Min(examplesOfSegment, TileLength)");
        }
    }

    private void DeclareMatrix(Value matrix, bool isPacked, string examples)
    {
        if (matrix.Leaf is not { } leaf)
        {
            _out.Line($"var {MatrixName(matrix)} = scratch.Matrix({Of(matrix)}, {Sizes.Length(matrix.Shape.Rows!)});");
            return;
        }

        var memory = leaf.Role switch { Role.Parameter => "weights", Role.Direction => "direction", _ => "other" };
        var at = $"{memory}, {_sizes.Offset(leaf.Slot)}, {Sizes.Length(leaf.Rows!)}, {Sizes.Length(leaf.Length!)}";
        _out.Line($"var {MatrixName(matrix)} = scratch.{(isPacked ? "Packed" : "Matrix")}({at}{(isPacked ? ", " + examples : "")});");
    }
}
