using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>Writes a model's graph down: blocks as they are named, in the order in which they lie.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Block> _blocks = [];
    private readonly List<Dimension> _dimensions = [];
    private readonly Dictionary<Dimension, int> _sizes = [];
    private Dimension? _features;

    public Graph Graph { get; } = new();

    /// <summary>Rows of the tables of each index column.</summary>
    public int[] Rows { get; init; } = [];

    public Dimension Dimension(string name, int size, bool isOpen = false)
    {
        var dimension = new Dimension(name, isOpen ? 0 : size);
        _dimensions.Add(dimension);
        _sizes[dimension] = size;
        return dimension;
    }

    public Symbol Features(int count)
    {
        _features = Dimension("features", count);
        return Graph.Symbol(new("x", Role.Feature, 0, new(_features)));
    }

    public Symbol Number(string name) => Add(new(name, null));

    public Symbol Vector(string name, Dimension length) => Add(new(name, length));

    public Symbol Matrix(string name, Dimension rows, Dimension length) => Add(new(name, length, rows));

    /// <summary>The row of a table that its domain's column names; of numbers where there is no length.</summary>
    public Symbol Row(string name, Domain domain, Dimension? length = null, bool isOwned = false) => Add(new(name, length, Domain: domain, IsOwned: isOwned));

    /// <summary>The row of a table that is there already, as another column names it.</summary>
    public Symbol RowBy(Symbol row, int column) => ModelGraph.SymbolOf(Graph, _blocks, row.Slot, column);

    public Symbol Share(int column) => Graph.Symbol(new($"1/|Z{column}|", Role.Share, column, Shape.Number));

    public Expression Apply(FunctionRule function, Expression argument) => Graph.Apply(function, argument);

    public GraphCase Model(string name, Expression output, LossRule? loss = null, Expression? penalty = null, int count = 70,
        bool hasWeights = false)
    {
        var label = Graph.Symbol(new("y", Role.Label, 0, new(output.Length)));
        return new GraphCase(name, new ModelGraph(Graph, _blocks, _dimensions, output, loss ?? LossRules.Squared, label, penalty)
        {
            Features = _features,
            Weight = hasWeights ? Graph.Symbol(new("w_i", Role.Weight, 0, Shape.Number)) : null,
        }, _sizes, Rows)
        {
            Count = count,
        };
    }

    private Symbol Add(Block block)
    {
        _blocks.Add(block);
        return ModelGraph.SymbolOf(Graph, _blocks, _blocks.Count - 1, block.Domain?.Column ?? -1);
    }
}
