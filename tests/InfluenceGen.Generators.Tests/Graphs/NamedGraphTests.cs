using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;
using Xunit;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>Models that somebody will want next: each is compiled, and every sweep up to the third derivative is the interpreter's.</summary>
public class NamedGraphTests
{
    private static readonly Domain _users = new("users", 0), _items = new("items", 1), _days = new("days", 2);

    private static readonly Dictionary<string, Func<GraphCase>> _graphs = new()
    {
        ["Factorization_with_a_global_mean_and_biases"] = () => Biased(isWeighted: false),
        ["Weighted_factorization_with_a_global_mean_and_biases"] = () => Biased(isWeighted: true),
        ["Factorization_with_features_beside_it"] = FactorizationBesideFeatures,
        ["Two_tables_by_one_column"] = TwoTablesByOneColumn,
        ["One_table_by_two_columns"] = OneTableByTwoColumns,
        ["Three_tables"] = ThreeTables,
        ["Gated_unit"] = GatedUnit,
        ["Residual"] = Residual,
        ["Wide_and_deep"] = WideAndDeep,
        ["Mixture_of_experts"] = MixtureOfExperts,
        ["Factorization_machine"] = FactorizationMachine,
        ["Neural_collaborative_filtering"] = NeuralCollaborativeFiltering,
        ["Tied_autoencoder"] = TiedAutoencoder,
        ["Recurrence_of_three_steps"] = Recurrence,
        ["Exponentials_of_weights"] = ExponentialsOfWeights,
        ["Quadratic_form"] = QuadraticForm,
        ["Intermediate_value_without_a_name"] = WithoutAName,
        ["Softmax_of_layers"] = SoftmaxOfLayers,
        ["Numbers_of_rows_in_the_penalty_alone"] = NumbersInThePenaltyAlone,
        ["Squares_of_dots_of_rows"] = SquaresOfDots,
        ["Squares_of_weights"] = () => SquaresOfWeights(isOpen: false),
        ["Squares_of_weights_of_open_lengths"] = () => SquaresOfWeights(isOpen: true),
    };

    public static TheoryData<string> Names => [.. _graphs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Every_sweep_is_right(string name)
    {
        var problems = CompiledGraphs.Problems([_graphs[name]() with { Name = name }]);
        Assert.True(problems.Count == 0, string.Join("\n", problems));
    }

    [Fact]
    public void Outputs_that_are_linear_in_the_weights_but_no_layer_of_the_features_are_not_called_so()
    {
        foreach (var graph in new[] { QuadraticForm(), Biased(isWeighted: false), TwoTablesByOneColumn(), Recurrence(), ExponentialsOfWeights() })
        {
            Assert.False(graph.Traits.HasLinearOutputs, graph.Name);
        }

        var b = new GraphBuilder();
        var x = b.Features(3);
        var w = b.Vector("w", x.Length!);
        Assert.True(b.Model("Linear", Algebra.Add(Algebra.Dot(w, x), b.Number("b"))).Traits.HasLinearOutputs);
    }

    public static MatrixTheoryData<string, int, int> Networks =>
        new MatrixTheoryData<string, int, int>(["Sigmoid", "Tanh", "Positive", "NormalCdf", "Softplus", "Identity"], [1, 2, 3], [1, 2]);

    [Theory, MemberData(nameof(Networks))]
    public void The_last_layer_is_the_one_that_makes_the_outputs(string activation, int layers, int outputs)
    {
        var b = new GraphBuilder();
        var units = b.Features(3).Length!;
        Expression value = b.Graph.Symbol(new("x", Role.Feature, 0, new(units)));
        for (var layer = 1; layer < layers; layer++)
        {
            var more = b.Dimension($"units{layer}", 2 + layer);
            value = Algebra.Add(Algebra.MatrixVector(b.Matrix($"W{layer}", more, units), value), b.Vector($"b{layer}", more));
            value = b.Graph.Named($"h{layer}", activation switch
            {
                "Sigmoid" => b.Apply(FunctionRules.Sigmoid, value),
                "Tanh" => b.Apply(FunctionRules.Tanh, value),
                "Positive" => b.Apply(FunctionRules.Positive, value),
                "NormalCdf" => b.Apply(FunctionRules.NormalCdf, value),
                "Softplus" => b.Apply(FunctionRules.Softplus, value),
                _ => value,
            });
            units = more;
        }

        var several = outputs == 1 ? null : b.Dimension("outputs", outputs);
        var product = several is null ? Algebra.Dot(b.Vector("w", units), value) : Algebra.MatrixVector(b.Matrix("W", several, units), value);
        var model = b.Model("Layers", Algebra.Add(product, several is null ? b.Number("b") : b.Vector("b", several)));
        Assert.Equal(2 * (layers - 1), model.Traits.LastLayer);
        Assert.Equal(layers == 1, model.Traits.HasLinearOutputs);
    }

    [Fact]
    public void No_single_layer_makes_what_several_make_or_what_a_layer_has_part_in()
    {
        foreach (var graph in new[] { QuadraticForm(), WideAndDeep(), Biased(isWeighted: false), FactorizationBesideFeatures() })
        {
            Assert.True(graph.Traits.LastLayer == -1, graph.Name);
        }

        Assert.Equal(1, Recurrence().Traits.LastLayer);
    }

    [Fact]
    public void A_block_that_nobody_reads_is_named()
    {
        var b = new GraphBuilder();
        var x = b.Features(3);
        var w = b.Vector("w", x.Length!);
        b.Vector("idle", x.Length!);
        var problem = Assert.Throws<InvalidOperationException>(() => b.Model("Idle", Algebra.Dot(w, x)));
        Assert.Contains("Nobody reads the parameters idle", problem.Message, StringComparison.Ordinal);
    }

    private static GraphCase Biased(bool isWeighted)
    {
        var b = new GraphBuilder { Rows = [11, 7] };
        var rank = b.Dimension("rank", 3);
        var (p, bu) = (b.Row("P", _users, rank, isOwned: true), b.Row("b", _users, isOwned: true));
        var (q, bi) = (b.Row("Q", _items, rank), b.Row("c", _items));
        var mu = b.Number("mu");
        var penalty = Algebra.Multiply(b.Graph.Number(0.25), Algebra.Add(
            Algebra.Multiply(b.Share(0), Algebra.Add(Algebra.Dot(p, p), Algebra.Square(bu))),
            Algebra.Multiply(b.Share(1), Algebra.Add(Algebra.Dot(q, q), Algebra.Square(bi)))));
        return b.Model("Biased", Algebra.Add(Algebra.Add(Algebra.Add(mu, bu), bi), Algebra.Dot(p, q)), penalty: penalty, hasWeights: isWeighted);
    }

    private static GraphCase FactorizationBesideFeatures()
    {
        var b = new GraphBuilder { Rows = [5, 4] };
        var (x, rank) = (b.Features(9), b.Dimension("rank", 3));
        var (p, q, w) = (b.Row("P", _users, rank), b.Row("Q", _items, rank), b.Vector("w", x.Length!));
        return b.Model("Beside", Algebra.Add(Algebra.Dot(p, q), Algebra.Dot(w, x)), LossRules.Logistic,
            Algebra.Multiply(b.Share(0), Algebra.Dot(p, p)));
    }

    private static GraphCase TwoTablesByOneColumn()
    {
        var b = new GraphBuilder { Rows = [5] };
        var x = b.Features(3);
        return b.Model("TwoTables", Algebra.Add(Algebra.Dot(b.Row("P", _users, x.Length), x), b.Row("b", _users)));
    }

    /// <summary>A friend's row and one's own, of the same table.</summary>
    private static GraphCase OneTableByTwoColumns()
    {
        var b = new GraphBuilder { Rows = [5, 5] };
        var rank = b.Dimension("rank", 3);
        var p = b.Row("P", _users, rank);
        return b.Model("OneTable", Algebra.Add(Algebra.Dot(p, b.RowBy(p, 1)), b.Row("b", _users)));
    }

    private static GraphCase ThreeTables()
    {
        var b = new GraphBuilder { Rows = [5, 4, 3] };
        var rank = b.Dimension("rank", 3);
        var (p, q, d) = (b.Row("P", _users, rank), b.Row("Q", _items, rank), b.Row("D", _days, rank));
        return b.Model("Three", Algebra.Dot(Algebra.Multiply(p, q), d));
    }

    private static GraphCase GatedUnit()
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(4), b.Dimension("units", 9));
        var gate = b.Apply(FunctionRules.Sigmoid, Algebra.MatrixVector(b.Matrix("W", units, x.Length!), x));
        var value = Algebra.MatrixVector(b.Matrix("V", units, x.Length!), x);
        return b.Model("Gated", Algebra.Dot(b.Vector("w", units), Algebra.Multiply(gate, value)));
    }

    private static GraphCase Residual()
    {
        var b = new GraphBuilder();
        var x = b.Features(5);
        var h = b.Graph.Named("h", Algebra.Add(x, b.Apply(FunctionRules.Tanh, Algebra.MatrixVector(b.Matrix("W", x.Length!, x.Length!), x))));
        return b.Model("Residual", Algebra.Dot(b.Vector("w", x.Length!), h), LossRules.Poisson);
    }

    private static GraphCase WideAndDeep()
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(5), b.Dimension("units", 3, isOpen: true));
        var deep = b.Apply(FunctionRules.Positive, Algebra.Add(Algebra.MatrixVector(b.Matrix("W", units, x.Length!), x), b.Vector("c", units)));
        return b.Model("Wide", Algebra.Add(Algebra.Dot(b.Vector("w", x.Length!), x), Algebra.Dot(b.Vector("v", units), deep)), LossRules.Logistic);
    }

    private static GraphCase MixtureOfExperts()
    {
        var b = new GraphBuilder();
        var (x, experts) = (b.Features(4), b.Dimension("experts", 3));
        var gate = b.Graph.ApplyToRow(FunctionRules.Softmax, Algebra.MatrixVector(b.Matrix("G", experts, x.Length!), x));
        return b.Model("Mixture", Algebra.Dot(gate, Algebra.MatrixVector(b.Matrix("E", experts, x.Length!), x)));
    }

    /// <summary>w·x + ½(|Vᵀx|² − Σ_k x_k² |v_k|²) (Rendle 2010, lemma 3.1).</summary>
    private static GraphCase FactorizationMachine()
    {
        var b = new GraphBuilder();
        var (x, rank) = (b.Features(6), b.Dimension("rank", 3));
        var (w, v) = (b.Vector("w", x.Length!), b.Matrix("V", x.Length!, rank));
        var sums = Algebra.MatrixVector(v, x, isTransposed: true);
        var own = Algebra.Dot(Algebra.Multiply(x, x), Algebra.MatrixVector(Algebra.Multiply(v, v), b.Graph.Number(1, new(rank))));
        return b.Model("Machine", Algebra.Add(Algebra.Dot(w, x), Algebra.Multiply(b.Graph.Number(0.5), Algebra.Subtract(Algebra.Dot(sums, sums), own))));
    }

    private static GraphCase NeuralCollaborativeFiltering()
    {
        var b = new GraphBuilder { Rows = [11, 7] };
        var (rank, units) = (b.Dimension("rank", 3), b.Dimension("units", 5));
        var (p, q) = (b.Row("P", _users, rank), b.Row("Q", _items, rank));
        var (a, c, w) = (b.Matrix("A", units, rank), b.Matrix("C", units, rank), b.Vector("w", units));
        var h = b.Apply(FunctionRules.Softplus, Algebra.Add(Algebra.MatrixVector(a, p), Algebra.MatrixVector(c, q)));
        return b.Model("Neural", Algebra.Add(Algebra.Dot(w, h), Algebra.Dot(p, q)), LossRules.Logistic);
    }

    private static GraphCase TiedAutoencoder()
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(5), b.Dimension("units", 3));
        var w = b.Matrix("W", units, x.Length!);
        var code = b.Apply(FunctionRules.Tanh, Algebra.MatrixVector(w, x));
        return b.Model("Tied", Algebra.MatrixVector(w, code, isTransposed: true));
    }

    /// <summary>h ← tanh(U h + x), the weights used three times.</summary>
    private static GraphCase Recurrence()
    {
        var b = new GraphBuilder();
        var x = b.Features(4);
        var u = b.Matrix("U", x.Length!, x.Length!);
        Expression h = x;
        for (var step = 1; step <= 3; step++)
        {
            h = b.Graph.Named("h" + step, b.Apply(FunctionRules.Tanh, Algebra.Add(Algebra.MatrixVector(u, h), x)));
        }

        return b.Model("Recurrence", Algebra.Dot(b.Vector("w", x.Length!), h));
    }

    private static GraphCase ExponentialsOfWeights()
    {
        var b = new GraphBuilder();
        var x = b.Features(9);
        return b.Model("Exponentials", Algebra.Dot(b.Apply(FunctionRules.Exp, b.Vector("w", x.Length!)), x));
    }

    private static GraphCase QuadraticForm()
    {
        var b = new GraphBuilder();
        var x = b.Features(4);
        return b.Model("Quadratic", Algebra.Dot(x, Algebra.MatrixVector(b.Matrix("A", x.Length!, x.Length!), x)));
    }

    private static GraphCase WithoutAName()
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(4), b.Dimension("units", 3));
        var h = b.Apply(FunctionRules.Sigmoid, b.Apply(FunctionRules.Tanh, Algebra.MatrixVector(b.Matrix("W", units, x.Length!), b.Apply(FunctionRules.Tanh, x))));
        return b.Model("Nameless", Algebra.Multiply(Algebra.Dot(h, h), Algebra.Dot(b.Vector("w", units), h)));
    }

    /// <summary>Ratings whose second table the output does not read: its pass needs no memory but for the pairs of a Gram.</summary>
    private static GraphCase NumbersInThePenaltyAlone()
    {
        var b = new GraphBuilder { Rows = [5, 4] };
        var (p, c) = (b.Row("p", _users), b.Row("c", _items));
        return b.Model("Penalized", p, penalty: Algebra.Multiply(b.Share(1), Algebra.Square(c)));
    }

    /// <summary>(p·q)² b: along b the slope is r (p·q)² v, in which the dot, with a row that the segment's examples share, stands twice.</summary>
    private static GraphCase SquaresOfDots()
    {
        var b = new GraphBuilder { Rows = [5, 4] };
        var rank = b.Dimension("rank", 3);
        var (p, q, c) = (b.Row("P", _users, rank, isOwned: true), b.Row("Q", _items, rank), b.Row("c", _items));
        return b.Model("SquaresOfDots", Algebra.Multiply(Algebra.Square(Algebra.Dot(p, q)), c));
    }

    /// <summary>(W ∘ W) x and (W ∘ W)ᵀ of what comes of it: a matrix of parameters that is computed. Of two gradients in it the dot is
    /// (a ∘ a')·W² (b ∘ b'), no number of one example times one of the other.</summary>
    private static GraphCase SquaresOfWeights(bool isOpen)
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(9), b.Dimension("units", 3, isOpen));
        var w = b.Matrix("W", units, x.Length!);
        var h = b.Apply(FunctionRules.Tanh, Algebra.MatrixVector(Algebra.Multiply(w, w), x));
        return b.Model("Squares", Algebra.Dot(x, Algebra.MatrixVector(Algebra.Multiply(w, w), h, isTransposed: true)),
            penalty: Algebra.Multiply(b.Graph.Number(0.25), Algebra.Inner(w, w)));
    }

    private static GraphCase SoftmaxOfLayers()
    {
        var b = new GraphBuilder();
        var (x, units, outputs) = (b.Features(4), b.Dimension("units", 9), b.Dimension("outputs", 3));
        var h = b.Graph.Named("h", b.Apply(FunctionRules.NormalCdf, Algebra.MatrixVector(b.Matrix("W", units, x.Length!), x)));
        return b.Model("Softmax", Algebra.Add(Algebra.MatrixVector(b.Matrix("V", outputs, units), h), b.Vector("b", outputs)), LossRules.SoftmaxCrossEntropy);
    }
}
