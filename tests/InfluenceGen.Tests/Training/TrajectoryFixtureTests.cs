using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

/// <summary>Mini-batches, step sizes and weight decay as stated in <c>dynamic_*</c>: every step's weights, and TracIn.</summary>
public class TrajectoryFixtureTests
{
    [Fact]
    public void Linear_training_follows_the_fixture()
    {
        var fixture = Fixture.Read("dynamic_linear");
        Check(fixture, Features(fixture), set => new ReferenceFeatureModel<HalfSquare>(set.FeatureCount));
        Check(fixture, Features(fixture), GeneratedLinear.Model.For);
    }

    [Fact]
    public void Logistic_training_follows_the_fixture()
    {
        var fixture = Fixture.Read("dynamic_logistic");
        Check(fixture, Features(fixture), set => new ReferenceFeatureModel<LogisticLoss>(set.FeatureCount));
        Check(fixture, Features(fixture), GeneratedLogistic.Model.For);
    }

    [Fact]
    public void Factorization_training_follows_the_fixture()
    {
        var fixture = Fixture.Read("dynamic_mf");
        var model = fixture["model"];
        Check(fixture, Ratings(fixture), set => new ReferenceFactorization(set.RowCount(0), set.RowCount(1),
            model["dim"].Whole, model["lambda_per_example"].Number));
    }

    private static void Check<TModel>(Fixture fixture, (ExampleSet<double> Training, ExampleSet<double> Test) sets,
        Func<ExampleSet<double>, TModel> create)
        where TModel : struct, IModel<double>
    {
        var (training, test) = sets;
        var model = create(training);
        var inputs = fixture["inputs"];
        var position = new int[training.Count];
        for (var i = 0; i < position.Length; i++)
        {
            position[training.Source[i]] = i;
        }

        var plan = GradientDescent.Batches(
            [.. inputs["batches"].Elements.Select(batch => batch.Wholes.Select(row => position[row]).ToArray())],
            StepSize.Listed(inputs["learning_rates"].Numbers),
            fixture["hyper"]["reduction"].Text == "sum" ? Objective.Sum : Objective.Mean) with
        {
            Start = Initialisation.At(inputs["theta0"].Numbers),
            WeightDecay = WeightDecay.OnAll(fixture["hyper"]["lambda"].Number),
        };
        var weights = new WeightRecord();
        var ledger = new Ledger<TModel, double>(model, training, test);
        Trainer.Train(model, training, plan, weights, ledger);
        Close.To(fixture["expected"]["thetas"].Numbers, [.. weights.Thetas.SelectMany(theta => theta)]);

        var (inflow, outflow, self) = Account(fixture["expected"]["tracin"].Numbers, training, test);
        Close.To(inflow, [.. ledger.Flows.Inflow]);
        Close.To(outflow, [.. ledger.Flows.Outflow]);
        Close.To(self, [.. ledger.Flows.Self]);
    }

    /// <summary>Sums a matrix of influence, training rows by test columns, by whose they are.</summary>
    private static (double[] Inflow, double[] Outflow, double[] Self) Account(double[] influence,
        ExampleSet<double> training, ExampleSet<double> test)
    {
        var count = training.Individuals.Count;
        var (inflow, outflow, self) = (new double[count], new double[count], new double[count]);
        for (var i = 0; i < training.Count; i++)
        {
            for (var j = 0; j < test.Count; j++)
            {
                var (u, v) = (training.IndividualOf[i], test.IndividualOf[j]);
                var value = influence[training.Source[i] * test.Count + test.Source[j]];
                if (u == v)
                {
                    self[u] += value;
                }
                else
                {
                    outflow[u] += value;
                    inflow[v] += value;
                }
            }
        }

        return (inflow, outflow, self);
    }

    /// <summary>Examples that three people share, so that each has some in both sets.</summary>
    private static (ExampleSet<double> Training, ExampleSet<double> Test) Features(Fixture fixture)
    {
        var people = Individuals.Numbered(3);
        ExampleSet<double> Set(string x, string y)
        {
            var labels = fixture["data"][y].Numbers;
            return ExampleSet<double>.FromFeatures(fixture["data"][x].Numbers, fixture["model"]["d"].Whole, labels, people,
                [.. Enumerable.Range(0, labels.Length).Select(i => i % 3)]);
        }

        return (Set("X", "y"), Set("X_test", "y_test"));
    }

    private static (ExampleSet<double> Training, ExampleSet<double> Test) Ratings(Fixture fixture)
    {
        ExampleSet<double> Set(string x, string y)
        {
            var rows = fixture["data"][x].Wholes;
            return ExampleSet<double>.FromRatings([.. rows.Where((_, i) => i % 2 == 0)], [.. rows.Where((_, i) => i % 2 == 1)],
                fixture["data"][y].Numbers, fixture["model"]["users"].Whole, fixture["model"]["items"].Whole);
        }

        return (Set("X", "y"), Set("X_test", "y_test").WithPenalty(RowPenalty.None));
    }

    private sealed class WeightRecord : ITrainingObserver<double>
    {
        public List<double[]> Thetas { get; } = [];

        public void Begin(TrainingStep<double> step)
        {
        }

        public void BeforeGradient(TrainingStep<double> step)
        {
            var theta = new double[step.Layout.Count];
            step.Layout.Pack<double>(step.Weights.Span, theta);
            Thetas.Add(theta);
        }

        public void AfterGradient(TrainingStep<double> step)
        {
        }

        public void End(TrainingStep<double> step) => BeforeGradient(step);
    }
}
