using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Tests;

[LinearModel]
internal sealed partial class Linear;

[LogisticModel]
internal sealed partial class Logistic;

[SoftmaxModel]
internal sealed partial class Softmax;

[MatrixFactorization(L2 = 0.2)]
internal sealed partial class Factors;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class TanhSoftmax;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
internal sealed partial class TanhSoftmaxSingle;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 3, Activation = Activation.Gelu, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class GeluSoftmax;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 3, Activation = Activation.Softplus, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class SoftplusSoftmax;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 2, Activation = Activation.Gelu)]
internal sealed partial class GeluSquared;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 2, Activation = Activation.Relu)]
internal sealed partial class ReluSquared;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 1, Activation = Activation.Softplus)]
internal sealed partial class SoftplusSquared;

/// <summary>A test over whatever model a fixture is about.</summary>
internal interface IFixtureTest
{
    void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>;
}

/// <summary>The model and the sets of a fixture.</summary>
/// <param name="File">The fixture.</param>
/// <param name="Model">Its model.</param>
/// <param name="Train">Its training set; ratings are sorted, and <see cref="ExampleSet{T}.Source"/> tells where each stands in the file.</param>
/// <param name="Test">Its test set.</param>
/// <param name="Decay">Its penalty.</param>
internal sealed record FixtureProblem<TModel>(Fixture File, TModel Model, ExampleSet<double> Train, ExampleSet<double> Test,
    WeightDecay Decay) where TModel : struct, IModel<double>
{
    public Fixture Expected => File["expected"];

    public Fixture Inputs => File["inputs"];

    public Fixture Hyper => File["hyper"];

    /// <summary>A fit at stated parameters; its plan takes no step.</summary>
    public Fit<TModel, double> At(double[] theta, WeightDecay? decay = null) =>
        Trainer.Train(Model, Train, GradientDescent.FullBatch(0, 1) with
        {
            Start = Initialisation.At(theta),
            WeightDecay = decay ?? Decay,
        });

    /// <summary>An expected (n_train, n_test) matrix in the order of the sets.</summary>
    public double[] Scores(Fixture expected)
    {
        var rows = expected.Elements;
        return [.. Train.Source.ToArray().SelectMany(i => Test.Source.ToArray().Select(t => rows[i].Elements[t].Number))];
    }

    /// <summary>Scores as the fixture lays them out: a row for each training example.</summary>
    public double[] Rows(InfluenceScores<double> scores) =>
        [.. Enumerable.Range(0, scores.TrainingCount).SelectMany(scores.OfTraining)];

    /// <summary>Expected rows of each training example, in the order of the set.</summary>
    public double[] EachTraining(Fixture expected)
    {
        var rows = expected.Elements;
        return [.. Train.Source.ToArray().SelectMany(i => rows[i].Numbers)];
    }

    /// <summary>Positions in the training set of examples that the fixture names.</summary>
    public int[] Positions(int[] named)
    {
        var source = Train.Source.ToArray();
        return [.. named.Select(i => Array.IndexOf(source, i))];
    }
}

internal static class FixtureProblem
{
    /// <summary>Reads a fixture and runs a test on it.</summary>
    public static void Run(string name, IFixtureTest test)
    {
        var file = Fixture.Read(name);
        var model = file["model"];
        switch (model["kind"].Text)
        {
            case "linear":
                var numbers = Labelled(file);
                test.Run(Of(file, new Linear.Model(numbers.Train.FeatureCount), numbers));
                break;
            case "logistic":
                var binary = Labelled(file);
                test.Run(Of(file, new Logistic.Model(binary.Train.FeatureCount), binary));
                break;
            case "softmax":
                var classes = Classes(file, model["classes"].Whole);
                test.Run(Of(file, new Softmax.Model(classes.Train.FeatureCount, model["classes"].Whole), classes));
                break;
            case "mf":
                var ratings = Ratings(file);
                test.Run(Of(file, new Factors.Model(model["users"].Whole, model["items"].Whole, model["dim"].Whole), ratings));
                break;
            default:
                var sizes = model["sizes"].Wholes;
                switch (model["activation"].Text, model["head"].Text, sizes[^1])
                {
                    case ("tanh", "softmax", 3):
                        test.Run(Of(file, default(TanhSoftmax.Model), Classes(file, 3)));
                        break;
                    case ("gelu", "softmax", 3):
                        test.Run(Of(file, default(GeluSoftmax.Model), Classes(file, 3)));
                        break;
                    case ("softplus", "softmax", 3):
                        test.Run(Of(file, default(SoftplusSoftmax.Model), Classes(file, 3)));
                        break;
                    case ("gelu", "squared", 2):
                        test.Run(Of(file, default(GeluSquared.Model), Labelled(file)));
                        break;
                    case ("relu", "squared", 2):
                        test.Run(Of(file, default(ReluSquared.Model), Labelled(file)));
                        break;
                    case ("softplus", "squared", 1):
                        test.Run(Of(file, default(SoftplusSquared.Model), Labelled(file)));
                        break;
                    default:
                        throw new UndeclaredFixtureException(name);
                }

                break;
        }
    }

    private static FixtureProblem<TModel> Of<TModel>(Fixture file, TModel model, (ExampleSet<double> Train, ExampleSet<double> Test) sets)
        where TModel : struct, IModel<double>
    {
        var (mask, hyper) = (file["hyper"]["reg_mask"].Numbers, file["hyper"]);
        var spared = new List<string>();
        var next = 0;
        foreach (var block in model.Layout.Blocks)
        {
            if (mask[next] == 0)
            {
                spared.Add(block.Name);
            }

            next += block.Count;
        }

        return new(file, model, sets.Train, sets.Test, WeightDecay.OnAll(hyper["lambda"].Number, [.. spared]));
    }

    private static (ExampleSet<double> Train, ExampleSet<double> Test) Labelled(Fixture file)
    {
        ExampleSet<double> Set(string x, string y)
        {
            var rows = file["data"][y].Elements;
            var (features, labels) = (file["data"][x].Numbers, file["data"][y].Numbers);
            return ExampleSet<double>.FromFeatures(features, features.Length / rows.Length, labels, labels.Length / rows.Length);
        }

        return (Set("X", "y"), Set("X_test", "y_test"));
    }

    private static (ExampleSet<double> Train, ExampleSet<double> Test) Classes(Fixture file, int classes)
    {
        ExampleSet<double> Set(string x, string y)
        {
            var (features, labels) = (file["data"][x].Numbers, file["data"][y].Wholes);
            return ExampleSet<double>.FromClasses(features, features.Length / labels.Length, labels, classes);
        }

        return (Set("X", "y"), Set("X_test", "y_test"));
    }

    private static (ExampleSet<double> Train, ExampleSet<double> Test) Ratings(Fixture file)
    {
        var model = file["model"];
        ExampleSet<double> Set(string x, string y, RowPenalty penalty)
        {
            var (pairs, ratings) = (file["data"][x].Wholes, file["data"][y].Numbers);
            int[] Column(int column) => [.. Enumerable.Range(0, ratings.Length).Select(i => pairs[2 * i + column])];
            return ExampleSet<double>.FromRatings(Column(0), Column(1), ratings, model["users"].Whole, model["items"].Whole)
                .WithPenalty(penalty);
        }

        return (Set("X", "y", RowPenalty.Counts(model["user_counts"].Wholes, model["item_counts"].Wholes)),
            Set("X_test", "y_test", RowPenalty.None));
    }
}

/// <summary>No model is declared here for a fixture.</summary>
internal sealed class UndeclaredFixtureException(string name) : Exception($"No model is declared for {name}.");
