using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Tests.Expressions;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>
/// A well-typed model at random: one to four blocks (vectors, matrices, numbers, tables, tables of numbers), up to three index columns,
/// perhaps features, one output or several; every kind of node, values with names and without, parameters used as often as it comes;
/// lengths that are known or open, weights, offsets, owned rows, double precision or single.
/// </summary>
internal sealed class RandomGraph
{
    private const int MostBlocks = 4;

    private readonly RandomSource _draw;
    private readonly Graph _graph = new();
    private readonly List<Block> _blocks = [];
    private readonly List<Domain> _domains = [];
    private readonly Dictionary<Dimension, int> _sizes = [];
    private readonly List<Dimension> _dimensions = [];
    private readonly List<int> _rows = [];
    private readonly Dimension? _features;
    private readonly int _mostColumns;
    private readonly bool _isOfRatings;
    private int _named;

    private RandomGraph(int seed)
    {
        _draw = new RandomSource(seed);
        _isOfRatings = Choice(0.2);
        _mostColumns = Choice(0.4) ? 0 : 1 + Below(3);
        _features = !_isOfRatings && (_mostColumns == 0 || Choice(0.4)) ? NewDimension("features", mayBeOpen: true) : null;
        for (var k = 1; k <= 2; k++)
        {
            NewDimension("units" + k, mayBeOpen: true);
        }

        if (_isOfRatings)
        {
            // Tables in the order in which sums go by rows.
            for (var column = 0; column < 2; column++)
            {
                _domains.Add(new Domain("things" + (column + 1), column));
                _rows.Add(2 + Below(3));
                for (var tables = 1 + Below(2) * Below(2); tables > 0; tables--)
                {
                    Add(Choice(0.2) ? Shape.Number : new(_dimensions[0]), _domains[column]);
                }
            }
        }
    }

    /// <summary>The graph of a seed, the same each time; of the drawn ones the first whose blocks are all read.</summary>
    public static GraphCase Of(int seed)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (new RandomGraph(1000 * seed + attempt).Build("G" + seed) is { } graph)
            {
                return graph;
            }
        }
    }

    private GraphCase? Build(string name)
    {
        var several = !_isOfRatings && Choice(0.3) ? NewDimension("outputs", mayBeOpen: true, atLeast: 2) : null;
        var output = several is null ? NumberOf(4) : VectorOf(several, 4);
        var losses = Leaves.Losses.Values.Where(loss => loss.Labels switch
        {
            "Distribution" => several is { } && _sizes[several] > 1,
            "Real" => true,
            _ => several is null,
        }).ToArray();
        var loss = losses[Below(losses.Length)];
        if (loss.Labels == "NonNegative")
        {
            // What grows like an exponential is kept small; the sigmoid's derivatives keep their digits far out, tanh's do not.
            output = Algebra.Apply(FunctionRules.Sigmoid, output);
        }

        if (_blocks.Count == 0 || output is Number)
        {
            return null;
        }

        var hasOffset = several is null && Choice(0.2);
        if (hasOffset)
        {
            output = Algebra.Add(output, _graph.Symbol(new("o", Role.Offset, 0, Shape.Number)));
        }

        if (Choice(0.5))
        {
            // Rows that the first column names are owned: in a model whose sums do not go by rows that says nothing.
            for (var block = 0; block < _blocks.Count; block++)
            {
                _blocks[block] = _blocks[block] with { IsOwned = _blocks[block].Domain?.Column == 0 };
            }
        }

        var penalty = _graph.Number(0) as Expression;
        for (var block = 0; block < _blocks.Count; block++)
        {
            if (Choice(0.3))
            {
                var symbol = ModelGraph.SymbolOf(_graph, _blocks, block, _blocks[block].Domain?.Column ?? -1);
                var square = Algebra.Inner(symbol, symbol);
                penalty = Algebra.Add(penalty, Algebra.Multiply(_graph.Number(0.25), symbol.Column < 0 ? square
                    : Algebra.Multiply(_graph.Symbol(new($"1/|Z{symbol.Column}|", Role.Share, symbol.Column, Shape.Number)), square)));
            }
        }

        var reached = ModelGraph.Reached([output, penalty]);
        var used = _dimensions.Where(dimension => dimension == _features || reached.Any(node => node.Length == dimension || node.Rows == dimension)).ToList();
        var model = new ModelGraph(_graph, _blocks, used, output, loss, _graph.Symbol(new("y", Role.Label, 0, new(several))), penalty)
        {
            Type = Choice(0.2) ? "float" : "double",
            Weight = Choice(0.3) ? _graph.Symbol(new("w_i", Role.Weight, 0, Shape.Number)) : null,
            HasOffset = hasOffset,
            Features = reached.OfType<Symbol>().Any(symbol => symbol.Role == Role.Feature) ? _features : null,
        };

        // Simplification may have made nothing of a block, of a column or of the features.
        var columns = model.Leaves.Select(leaf => leaf.Role == Role.Share ? leaf.Slot : leaf.Column).Where(column => column >= 0).Distinct().Count();
        var isWhole = (columns > 0 || model.Features is not null) && columns == _rows.Count && model.Features == _features && Enumerable.Range(0, _blocks.Count).All(block => model.ParametersOf(block).Any())
            && used.Where(dimension => dimension.IsOpen).All(dimension => _blocks.Any(block => block.Columns == dimension || block.Height == dimension));
        return isWhole ? new GraphCase(name, model, _sizes, [.. _rows]) { Count = Below(3) switch { 0 => 70, 1 => 9, _ => 1 + Below(20) } } : null;
    }

    // ---- shapes --------------------------------------------------------------------------------------------------

    private Dimension NewDimension(string name, bool mayBeOpen, int atLeast = 1)
    {
        var size = Below(4) switch { 0 => 8, 1 => 9, _ => atLeast + Below(5) };
        var dimension = new Dimension(name, mayBeOpen && Choice(0.2) ? 0 : size);
        _dimensions.Add(dimension);
        _sizes[dimension] = size;
        return dimension;
    }

    private Dimension AnyDimension() => _dimensions[Below(_dimensions.Count)];

    private Expression NumberOf(int depth)
    {
        if (depth == 0 || Choice(0.1))
        {
            return Leaf(Shape.Number) ?? _graph.Number(0.5);
        }

        var length = AnyDimension();
        return Below(10) switch
        {
            0 or 1 => Algebra.Add(NumberOf(depth - 1), NumberOf(depth - 1)),
            2 => Algebra.Subtract(NumberOf(depth - 1), NumberOf(depth - 1)),
            3 => Algebra.Multiply(NumberOf(depth - 1), NumberOf(depth - 1)),
            4 => Applied(NumberOf(depth - 1)),
            5 => Perhaps(NumberOf(depth - 1)),
            6 => Matrix(1) is var matrix ? Algebra.Inner(matrix, Choice(0.5) ? matrix : Algebra.Outer(VectorOf(matrix.Rows!, depth - 1), VectorOf(matrix.Length!, depth - 1))) : matrix,
            _ => Algebra.Dot(VectorOf(length, depth - 1), VectorOf(length, depth - 1)),
        };
    }

    private Expression VectorOf(Dimension length, int depth)
    {
        if (depth == 0 || Choice(0.15))
        {
            return Leaf(new(length)) ?? _graph.Number(0.5, new(length));
        }

        var other = AnyDimension();
        switch (Below(11))
        {
            case 0:
            case 1:
                return Algebra.Add(VectorOf(length, depth - 1), VectorOf(length, depth - 1));
            case 2:
                return Algebra.Subtract(VectorOf(length, depth - 1), VectorOf(length, depth - 1));
            case 3:
                return Algebra.Scale(NumberOf(depth - 1), VectorOf(length, depth - 1));
            case 4:
                return Algebra.Multiply(VectorOf(length, depth - 1), VectorOf(length, depth - 1));
            case 5:
                return Applied(VectorOf(length, depth - 1));
            case 6:
                return Perhaps(VectorOf(length, depth - 1));
            case 7:
                return RowFunction(VectorOf(length, depth - 1), length, depth);
            case 8:
                return Algebra.MatrixVector(MatrixOf(other, length, depth - 1), VectorOf(other, depth - 1), isTransposed: true);
            default:
                return Algebra.MatrixVector(MatrixOf(length, other, depth - 1), VectorOf(other, depth - 1));
        }
    }

    private Expression Matrix(int depth) => MatrixOf(AnyDimension(), AnyDimension(), depth);

    private Expression MatrixOf(Dimension rows, Dimension columns, int depth)
    {
        var leaf = Leaf(new(columns, rows));
        if (leaf is null || (depth > 0 && Choice(0.1)))
        {
            return Algebra.Outer(VectorOf(rows, Math.Max(depth - 1, 0)), VectorOf(columns, Math.Max(depth - 1, 0)));
        }

        return depth == 0 || Choice(0.5) ? leaf : Below(5) switch
        {
            0 => Algebra.Multiply(leaf, MatrixOf(rows, columns, depth - 1)),
            1 => Algebra.Add(leaf, MatrixOf(rows, columns, depth - 1)),
            2 => Algebra.Scale(NumberOf(depth - 1), leaf),
            _ => Algebra.Multiply(leaf, leaf),
        };
    }

    private Expression Applied(Expression argument)
    {
        var functions = Leaves.Functions.Values.ToArray();
        var function = functions[Below(functions.Length)];

        // What would soon leave what numbers can hold is applied to what is small.
        return Algebra.Apply(function, function == FunctionRules.Exp ? Algebra.Apply(FunctionRules.Tanh, argument) : argument);
    }

    private Expression RowFunction(Expression argument, Dimension length, int depth)
    {
        var shares = _graph.ApplyToRow(FunctionRules.Softmax, argument);
        return Below(3) switch
        {
            0 => shares,
            1 => _graph.ApplyToRow(FunctionRules.Covariance, shares, VectorOf(length, depth - 1)),
            _ => Algebra.Multiply(shares, VectorOf(length, depth - 1)),
        };
    }

    private Expression Perhaps(Expression value) => value is Number or Symbol or Named ? value : _graph.Named("t" + ++_named, value);

    // ---- leaves --------------------------------------------------------------------------------------------------

    /// <summary>A leaf of a shape: a new block, or one that is there, whichever comes; null where there is none and no room.</summary>
    private Expression? Leaf(Shape shape)
    {
        if (_features is { } features && shape == new Shape(features) && Choice(0.6))
        {
            return _graph.Symbol(new("x", Role.Feature, 0, shape));
        }

        var known = Enumerable.Range(0, _blocks.Count).Where(block => new Shape(_blocks[block].Columns, _blocks[block].Height) == shape).ToList();
        if (_blocks.Count < MostBlocks && (known.Count == 0 || Choice(0.4)))
        {
            Add(shape, shape.IsMatrix || !Choice(0.7) ? null : AnyDomain());
            known = [_blocks.Count - 1];
        }

        if (known.Count == 0)
        {
            return null;
        }

        var slot = known[Below(known.Count)];
        return ModelGraph.SymbolOf(_graph, _blocks, slot, _blocks[slot].Domain is { } of ? ColumnOf(of) : -1);
    }

    private void Add(Shape shape, Domain? domain)
    {
        var name = ((char)('A' + _blocks.Count)).ToString();
        _blocks.Add(new Block(domain is null ? "W" + name : "T" + name, shape.Length, shape.Rows, domain));
    }

    private Domain? AnyDomain()
    {
        if (_mostColumns == 0 || _isOfRatings)
        {
            return null;
        }

        if (_domains.Count == 0 || (_rows.Count < _mostColumns && Choice(0.6)))
        {
            var domain = new Domain("things" + (_rows.Count + 1), _rows.Count);
            _rows.Add(2 + Below(3));
            _domains.Add(domain);
            return domain;
        }

        return _domains[Below(_domains.Count)];
    }

    /// <summary>The column that names a row: the domain's, or one more that names rows of the same tables.</summary>
    private int ColumnOf(Domain domain)
    {
        if (_isOfRatings || Choice(0.75))
        {
            return domain.Column;
        }

        var others = Enumerable.Range(0, _rows.Count).Where(column => column != domain.Column && _rows[column] == _rows[domain.Column]
            && _domains.All(other => other.Column != column)).ToList();
        if (others.Count > 0)
        {
            return others[Below(others.Count)];
        }

        if (_rows.Count >= _mostColumns)
        {
            return domain.Column;
        }

        _rows.Add(_rows[domain.Column]);
        return _rows.Count - 1;
    }

    // ---- chance --------------------------------------------------------------------------------------------------

    private int Below(int count) => _draw.NextBelow(count);

    private bool Choice(double probability) => _draw.NextDouble() < probability;
}
