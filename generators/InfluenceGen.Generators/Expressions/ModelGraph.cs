using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;

namespace InfluenceGen.Generators.Expressions;

/// <summary>A block of parameters.</summary>
/// <param name="Name">Its name in formulas; the symbol of a table is one of its rows, in lower case.</param>
/// <param name="Columns">Length of a row; null where a row, or the whole block, is one number.</param>
/// <param name="Height">Rows of a matrix; null for a vector, a number and a table.</param>
/// <param name="Domain">Of a table what its rows stand for; null where every example reads the whole block.</param>
/// <param name="L2">λ of the objective's penalty (λ/2)|block|²; an example's own penalty is part of its loss instead.</param>
/// <param name="IsOwned">Whether a row is touched by one individual's examples only.</param>
/// <param name="IsBias">Whether it is a bias, which penalties spare unless asked.</param>
internal sealed record Block(string Name, Dimension? Columns, Dimension? Height = null, Domain? Domain = null, double L2 = 0,
    bool IsOwned = false, bool IsBias = false)
{
    public bool IsTable => Domain is not null;
}

/// <summary>What rows of tables stand for, such as users.</summary>
/// <param name="Name">Its name, in the plural.</param>
/// <param name="Column">The index column of the data that names its rows; the first of them where there are several.</param>
internal sealed record Domain(string Name, int Column);

/// <summary>
/// A model: its parameter blocks, the output s of one example as an expression of them, and the loss of one example,
/// ℓ = loss(s, y) + penalty. This is all that a declaration contributes; every sweep follows by differentiation.
/// </summary>
internal sealed class ModelGraph
{
    public ModelGraph(Graph graph, IReadOnlyList<Block> blocks, IReadOnlyList<Dimension> dimensions, Expression output, LossRule loss,
        Symbol label, Expression? penalty = null)
    {
        Graph = graph;
        Blocks = blocks;
        Dimensions = dimensions;
        Output = graph.Named("s", output);
        Loss = loss;
        Label = label;
        Penalty = penalty ?? graph.Number(0);
    }

    public Graph Graph { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The lengths of vectors, in the order in which open ones are asked for.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>The open lengths that examples do not tell, and that are asked for at run time: a rank, and hidden units.</summary>
    public IEnumerable<Dimension> AskedDimensions => Dimensions.Where(dimension =>
        dimension.IsOpen && dimension != Output.Length && dimension != Features);

    /// <summary>s.</summary>
    public Named Output { get; }

    public LossRule Loss { get; }

    /// <summary>y, of the shape of s.</summary>
    public Symbol Label { get; }

    /// <summary>The example's own share of the L2 penalty; zero for most models.</summary>
    public Expression Penalty { get; }

    /// <summary>w, where examples have weights: ℓ = w (loss + penalty).</summary>
    public Symbol? Weight { get; init; }

    /// <summary>Whether an offset of the example is part of its output.</summary>
    public bool HasOffset { get; init; }

    /// <summary>The C# type of numbers.</summary>
    public string Type { get; init; } = "double";

    /// <summary>Numbers on a 64-byte line.</summary>
    public int Line => Type == "float" ? 16 : 8;

    /// <summary>From row to row of vectors of a known length.</summary>
    public long StrideOf(Dimension dimension) => ((long)dimension.Size + Line - 1) / Line * Line;

    /// <summary>The feature vector's length; null where no example's features are read.</summary>
    public Dimension? Features { get; init; }

    /// <summary>1 where a block is among those that are differentiated, 0 where not.</summary>
    public Symbol Mask(int block) => Graph.Symbol(new("[" + Blocks[block].Name + "]", Role.Mask, block, Shape.Number));

    /// <summary>w in front of a value, where examples have weights.</summary>
    public Expression Weighted(Expression value) => Weight is null ? value : Simplification.Algebra.Times(Weight, value);

    /// <summary>A leaf of a block, such as the parameters or a direction: the whole block, or a table's row that an index column names.</summary>
    public static Symbol SymbolOf(Graph graph, IReadOnlyList<Block> blocks, int block, int column = -1, Role role = Role.Parameter, string prefix = "")
    {
        var (name, of) = (blocks[block].Name, blocks[block]);
        if (of.IsTable)
        {
            name = name.ToLowerInvariant() + (column == of.Domain!.Column ? "" : Formula.Invariant(column));
            return graph.Symbol(new(prefix + name, role, block, new(of.Columns), column));
        }

        return graph.Symbol(new(prefix + name, role, block, new(of.Columns, of.Height)));
    }

    /// <summary>The parameters that the output reads of a block: of a table a row for each index column that names one.</summary>
    public IEnumerable<Symbol> ParametersOf(int block) => Leaves.Where(symbol => symbol.Role == Role.Parameter && symbol.Slot == block);

    /// <summary>All that the output and the penalty read.</summary>
    public IReadOnlyList<Symbol> Leaves => _leaves ??= [.. Reached([Output, Penalty]).OfType<Symbol>()];

    private IReadOnlyList<Symbol>? _leaves;

    /// <summary>All nodes that expressions are made of, operands first.</summary>
    public static IReadOnlyList<Expression> Reached(IEnumerable<Expression> expressions)
    {
        var found = new HashSet<Expression>();
        var open = new Stack<Expression>(expressions);
        while (open.Count > 0)
        {
            var node = open.Pop();
            if (found.Add(node))
            {
                foreach (var operand in node.Operands)
                {
                    open.Push(operand);
                }
            }
        }

        return [.. found.OrderBy(node => node.Id)];
    }
}
