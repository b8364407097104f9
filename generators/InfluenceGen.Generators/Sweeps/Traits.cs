using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Sweeps;

/// <summary>
/// What the runtime asks a model about itself, derived from its graph: each trait together with what it is read for, so that
/// none can promise more than the graph holds.
/// </summary>
internal sealed class Traits
{
    private readonly ModelGraph _model;
    private IReadOnlyDictionary<Expression, Expression>? _adjoints;

    private Traits(ModelGraph model)
    {
        _model = model;
        Columns = [.. model.Leaves.Select(ColumnOf).Where(column => column >= 0).Distinct().OrderBy(column => column)];
        IsByRows = model.Blocks.Any(block => block.IsTable) && model.Features is null && Columns.SequenceEqual([0, 1])
            && model.Output.IsScalar && AreInOrder(model.Blocks)
            && model.Leaves.All(leaf => !leaf.IsLaidOut || leaf.Column < 0 || leaf.Column == model.Blocks[leaf.Slot].Domain!.Column);
        HasGlobalBlocks = model.Blocks.Any(block => !block.IsTable);
    }

    public static Traits Of(ModelGraph model)
    {
        for (var block = 0; block < model.Blocks.Count; block++)
        {
            if (!model.ParametersOf(block).Any())
            {
                throw new InvalidOperationException($"Nobody reads the parameters {model.Blocks[block].Name}: neither the output nor the penalty depends on them.");
            }
        }

        return new Traits(model);
    }

    /// <summary>Whether tables come first, those of the first column before those of the second: so each pass's sums lie together.</summary>
    private static bool AreInOrder(IReadOnlyList<Block> blocks)
    {
        var columns = blocks.Select(block => block.Domain?.Column ?? int.MaxValue).ToList();
        return columns.SequenceEqual(columns.OrderBy(column => column));
    }

    /// <summary>The index columns of the data that are read, ascending.</summary>
    public IReadOnlyList<int> Columns { get; }

    /// <summary>
    /// Whether gradient sums go row by row: examples are ratings, one number by two columns, and each table is read by the one column that
    /// names its rows. Then a row's gradient is the sum over a segment of its own, there is a pass for each column, and steps
    /// touch the rows of a batch alone. Otherwise tables are summed as a whole, like matrices.
    /// </summary>
    public bool IsByRows { get; }

    /// <summary>Whether there are blocks that every example reads whole.</summary>
    public bool HasGlobalBlocks { get; }

    /// <summary>Passes of a gradient sum: one for each column where sums go row by row, and one for what all examples read.</summary>
    public int Passes => IsByRows ? Columns.Count + (HasGlobalBlocks ? 1 : 0) : 1;

    /// <summary>Whether the rows of pass 0 are touched by one individual's examples each.</summary>
    public bool OwnsRows => IsByRows && _model.Blocks.Any(block => block.IsOwned);

    /// <summary>The pass in which a block's gradient is summed.</summary>
    public int PassOf(int block) => !IsByRows ? 0 : _model.Blocks[block].Domain?.Column ?? Columns.Count;

    /// <summary>Whether a pass visits examples as they lie; those by a later column list them.</summary>
    public bool IsContiguous(int pass) => pass == 0 || pass == Columns.Count;

    /// <summary>Whether the examples of a segment share a table's row that a column names.</summary>
    public bool IsShared(int column, int pass) => IsByRows && column == pass;

    /// <summary>
    /// Whether outputs are one layer of the features: s = W x, or W x + b. The runtime then takes Jacobians from the features that
    /// it holds, so that nothing less than exactly this will do: x'Ax is linear in A as well, and is not meant.
    /// </summary>
    public bool HasLinearOutputs
    {
        get
        {
            return Columns.Count == 0 && _model.Blocks.Count <= 2 && Algebra.IsZero(_model.Penalty)
                && MultipliedBy(0) is Symbol { Role: Role.Feature }
                && (_model.Blocks.Count == 1 || ReferenceEquals(AdjointOf(1), Seed));
        }
    }

    /// <summary>
    /// The block of weights W that makes the outputs of a vector of the example, in which W has no part, the last layer's
    /// features: s = W h + …; −1 where no single one does.
    /// </summary>
    public int LastLayer
    {
        get
        {
            var layers = Enumerable.Range(0, _model.Blocks.Count).Where(block => !_model.Blocks[block].IsTable && IsOfExample(MultipliedBy(block), block)).ToList();
            return layers.Count == 1 && Columns.Count == 0 ? layers[0] : -1;
        }
    }

    /// <summary>
    /// Whether a block of weights multiplies a vector of the example that it has no part in. Of one output a hidden layer's adjoint is a
    /// product with a as well, but of a slope that the layer has part in, or, where nothing bends it, of later weights alone.
    /// </summary>
    private static bool IsOfExample(Expression? inputs, int block)
    {
        if (inputs is null || inputs.Shape.IsMatrix)
        {
            return false;
        }

        var leaves = ModelGraph.Reached([inputs]).OfType<Symbol>().ToList();
        return leaves.Any(leaf => leaf.Role == Role.Feature) && !leaves.Any(leaf => leaf.Role == Role.Parameter && leaf.Slot == block);
    }

    /// <summary>What the outputs are multiplied by where Jacobians are added up: a.</summary>
    public Symbol Seed => _model.Graph.Symbol(new("a", Role.Cotangent, 0, _model.Output.Shape));

    /// <summary>The vector that a layer's weights multiply, by its adjoint: h of a hᵀ; null where it is something else.</summary>
    public Expression? MultipliedBy(int block) => AdjointOf(block) switch
    {
        Outer outer when ReferenceEquals(outer.Left, Seed) => outer.Right,
        Scaled scaled when ReferenceEquals(scaled.Factor, Seed) => scaled.Vector,
        _ => null,
    };

    private Expression? AdjointOf(int block) =>
        (_adjoints ??= Derivative.Adjoint(_model.Output, Seed)).TryGetValue(_model.ParametersOf(block).First(), out var adjoint) ? adjoint : null;

    private static int ColumnOf(Symbol symbol) => symbol.Role == Role.Share ? symbol.Slot : symbol.IsLaidOut ? symbol.Column : -1;
}
