using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Reciprocity;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

using Layers = ReferenceLayers<double>;

/// <summary>Training, judging and accounting for models of several outputs and layers.</summary>
public class LayerTrainingTests
{
    private static readonly ExampleSet<double> _classes = SweepCases.Classes(2, 3, 30);

    [Fact]
    public void A_penalised_softmax_converges_to_where_its_objective_is_stationary()
    {
        var model = new Layers(new LayersShape([2, 3], x => x, LabelDomain.Distribution, L2: 0.1));
        var fit = Trainer.Train(model, _classes, GradientDescent.FullBatch(400, 1.0));
        var sweeps = new SweepRunner<Layers, double>(model, new WorkerTeam(1));
        var gradient = new AlignedBuffer<double>(model.Layout.StorageLength);
        sweeps.GradientSum(_classes, fit.Weights, null, new AlignedBuffer<double>(_classes.Count * model.OutputStride), gradient);
        for (var k = 0; k < gradient.Length; k++)
        {
            Assert.Equal(0, gradient[k] / _classes.Count + 0.1 * fit.Weights[k], 1e-9);
        }

        Assert.Equal(0.05 * fit.Theta().Sum(w => w * w), fit.Penalty(), 1e-14);
        Assert.InRange(fit.MeanLoss(_classes), 0.5, Math.Log(3));
    }

    [Fact]
    public void A_sum_of_losses_carries_the_penalty_once_for_each()
    {
        var model = new Layers(new LayersShape([2, 3], x => x, LabelDomain.Distribution, L2: 0.1));
        var mean = Trainer.Train(model, _classes, GradientDescent.FullBatch(20, 0.5));
        var sum = Trainer.Train(model, _classes, GradientDescent.FullBatch(20, 0.5 / _classes.Count, Objective.Sum));
        Close.To(mean.Theta(), sum.Theta(), 1e-12);
    }

    [Theory]
    [InlineData(Removal.Refit, 1.0 / 29)]
    [InlineData(Removal.Fixed, 1.0 / 30)]
    public void Leaving_out_changes_the_divisor_or_not_and_the_penalty_never(Removal removal, double factor)
    {
        // One step from 0 with a penalty: the weights are -η times the sum of gradients over the divisor.
        var model = new Layers(new LayersShape([2, 3], x => x, LabelDomain.Distribution, L2: 0.1));
        var plan = GradientDescent.FullBatch(2, 0.5);
        var leaveOneOut = new LeaveOneOut<Layers, double>(model, _classes, plan, removal);
        var influence = new List<double[]>();
        leaveOneOut.InfluenceOn(_classes, (_, losses) => influence.Add(losses.ToArray()));
        var others = _classes.Subset([.. Enumerable.Range(1, 29)]);

        // By hand, two steps w ← w − η (factor Σ g + λ w), over the others.
        var sweeps = new SweepRunner<Layers, double>(model, new WorkerTeam(1));
        var (weights, gradient) = (new AlignedBuffer<double>(model.Layout.StorageLength), new AlignedBuffer<double>(model.Layout.StorageLength));
        for (var step = 0; step < 2; step++)
        {
            sweeps.GradientSum(others, weights, null, new AlignedBuffer<double>(29 * model.OutputStride), gradient);
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] -= 0.5 * (factor * gradient[k] + 0.1 * weights[k]);
            }
        }

        var without = new AlignedBuffer<double>(_classes.Count);
        sweeps.Loss(_classes, weights, without);
        var with = Trainer.Train(model, _classes, plan).Losses(_classes);
        Close.To([.. without.Span.ToArray().Zip(with, (a, b) => a - b)], influence[0], 1e-10, 1e-12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Flows_between_people_are_the_double_sum_over_pairs(bool miniBatches)
    {
        var individualOf = Enumerable.Range(0, 30).Select(i => i % 7).ToArray();
        var features = SweepProbe.Numbers(60, 11).Span.ToArray();
        var all = ExampleSet<double>.FromClasses(features, 2, [.. Enumerable.Range(0, 30).Select(i => i % 3)], 3,
            Individuals.Numbered(7), individualOf);
        var (training, deployment) = all.Split(0.6, 1);
        foreach (var objective in new[] { Objective.Mean, Objective.Sum })
        {
            var rate = objective == Objective.Mean ? 0.3 : 0.02;
            var plan = miniBatches ? GradientDescent.MiniBatch(6, 7, rate, 5, objective) : GradientDescent.FullBatch(4, rate, objective);
            foreach (int[] sizes in new[] { [2, 3], new[] { 2, 3, 3 } })
            {
                var model = new Layers(new LayersShape(sizes, x => x.Tanh(), LabelDomain.Distribution, L2: 0.2));
                var pairs = new AllPairs<Layers>(model, deployment, plan);
                var ledger = new Ledger<Layers, double>(model, training, deployment);
                Trainer.Train(model, training, plan, ledger, pairs);
                Close.To(pairs.Inflow, [.. ledger.Flows.Inflow], 1e-10);
                Close.To(pairs.Outflow, [.. ledger.Flows.Outflow], 1e-10);
                Close.To(pairs.Self, [.. ledger.Flows.Self], 1e-10);
                Assert.Equal(ledger.Flows.Inflow.Sum(), ledger.Flows.Outflow.Sum(), 1e-12);
            }
        }
    }

    [Fact]
    public void A_fit_tells_accuracy_and_errors_over_all_outputs()
    {
        var softmax = new Layers(new LayersShape([1, 3], x => x, LabelDomain.Distribution));
        var set = ExampleSet<double>.FromClasses([1, 1, -1, -1], 1, [0, 1, 2, 0], 3);
        var fit = Trainer.Train(softmax, set, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(2, 1, -1, 0, 0, 0) });
        Assert.Equal([2, 1, -1, 2, 1, -1, -2, -1, 1, -2, -1, 1], fit.Predict(set));
        Assert.Equal(0.5, fit.Accuracy(set));
        Assert.Contains("mean losses", Assert.Throws<InvalidOperationException>(() => fit.Rmse(set)).Message);

        var two = new Layers(new LayersShape([1, 2], x => x, LabelDomain.Real));
        var targets = ExampleSet<double>.FromFeatures([1, 2], 1, [1, 0, 2, 4], 2);
        var line = Trainer.Train(two, targets, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(1, 0, 0, 0) });
        Assert.Equal(2, line.Rmse(targets), 1e-15);
        Assert.Contains("not classes", Assert.Throws<InvalidOperationException>(() => line.Accuracy(targets)).Message);

        var odds = new Layers(new LayersShape([1, 1], x => x, LabelDomain.Binary));
        var labels = ExampleSet<double>.FromFeatures([1, -1, 2], 1, [1, 1, 0]);
        var sided = Trainer.Train(odds, labels, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(1, 0) });
        Assert.Equal(1.0 / 3, sided.Accuracy(labels), 1e-15);
    }

    [Fact]
    public void Units_of_a_hidden_layer_start_apart_and_by_seed()
    {
        var model = new Layers(new LayersShape([20, 40, 3], x => x.Tanh(), LabelDomain.Distribution));
        var set = SweepCases.Classes(20, 3);
        double[] Start(Initialisation start) =>
            Trainer.Train(model, set, GradientDescent.FullBatch(0, 1) with { Start = start }).Theta();
        var drawn = Start(Initialisation.Default);
        Assert.Equal(drawn, Start(Initialisation.Glorot(0)));
        Assert.NotEqual(drawn, Start(Initialisation.Glorot(1)));
        var (hidden, bias, last) = (drawn[..800], drawn[800..840], drawn[840..960]);
        Assert.Equal(800, hidden.Distinct().Count());
        Assert.All(bias, b => Assert.Equal(0, b));
        Assert.All(hidden, w => Assert.InRange(w, -Math.Sqrt(6.0 / 60), Math.Sqrt(6.0 / 60)));
        Assert.InRange(hidden.Max(), 0.9 * Math.Sqrt(6.0 / 60), 1);
        Assert.All(last, w => Assert.InRange(w, -Math.Sqrt(6.0 / 43), Math.Sqrt(6.0 / 43)));
        Assert.Equal(Math.Sqrt(2.0 / 20), Deviation(Start(Initialisation.He(3))[..800]), 0.02);
        Assert.Equal(0.7, Deviation(Start(Initialisation.Gaussian(0.7, 3))[..800]), 0.05);

        static double Deviation(double[] values) => Math.Sqrt(values.Average(w => w * w));
    }

    [Fact]
    public void Outputs_without_hidden_layers_start_at_the_mean_label_and_classes_alike()
    {
        double[] Start(LayersShape shape, ExampleSet<double> set) =>
            Trainer.Train(new Layers(shape), set, GradientDescent.FullBatch(0, 1)).Theta();
        Assert.Equal([0, 0, 2, 5], Start(new([1, 2], x => x, LabelDomain.Real), ExampleSet<double>.FromFeatures([1, 2], 1, [1, 4, 3, 6], 2)));
        Assert.Equal([0, 0, 0, 0], Start(new([1, 2], x => x, LabelDomain.Distribution), ExampleSet<double>.FromClasses([1, 2], 1, [1, 1], 2)));
        Assert.Equal([0, Math.Log(3)], Start(new([1, 1], x => x, LabelDomain.NonNegative), ExampleSet<double>.FromFeatures([1, 2], 1, [2, 4])));
        Assert.Equal(3, Start(new([1, 1, 1], x => x.Tanh(), LabelDomain.Real), ExampleSet<double>.FromFeatures([1, 2], 1, [2, 4]))[^1]);

        // Without biases the last block is the last layer's weights, whatever its shape.
        Assert.DoesNotContain(0.0, Start(new([2, 3, 1], x => x.Tanh(), LabelDomain.Real, HasBias: false), SweepCases.Real(2, 1)));
        Assert.DoesNotContain(0.0, Start(new([2, 1, 1], x => x.Tanh(), LabelDomain.Real, HasBias: false), SweepCases.Real(2, 1)));
    }

    public static TheoryData<string, LabelDomain, int, ExampleSet<double>> Refused => new()
    {
        { "has 3 outputs; the label of these examples has 1 number. Give classes from 0 to 2 (ExampleSet.FromClasses)", LabelDomain.Distribution, 3, ExampleSet<double>.FromFeatures([1], 1, [2]) },
        { "Give each example one number", LabelDomain.Real, 1, SweepCases.Classes(1, 3) },
        { "Row 1, label 0 (both counted from 0) is -0.5", LabelDomain.Distribution, 2, ExampleSet<double>.FromFeatures([1, 2], 1, [0.5, 0.5, -0.5, 1.5], 2) },
        { "Row 1 (counted from 0): the shares of the classes add up to 0.7", LabelDomain.Distribution, 2, ExampleSet<double>.FromFeatures([1, 2], 1, [0.5, 0.5, 0.5, 0.2], 2) },
        { "Row 1 (counted from 0) has the label -1; this model's loss is for labels from 0 up", LabelDomain.NonNegative, 1, ExampleSet<double>.FromFeatures([1, 2], 1, [0, -1]) },
        { "Row 0 (counted from 0) has the label 0.5; this model's loss is for labels 0 and 1", LabelDomain.Binary, 1, ExampleSet<double>.FromFeatures([1, 2], 1, [0.5, 1]) },
        { "which no finite bias predicts: a model of counts needs", LabelDomain.NonNegative, 1, ExampleSet<double>.FromFeatures([1, 2], 1, [0, 0]) },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Labels_that_do_not_fit_the_loss_are_refused_by_saying_which(string message, LabelDomain domain, int outputs, ExampleSet<double> set) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() =>
            Trainer.Train(new Layers(new LayersShape([1, outputs], x => x, domain)), set, GradientDescent.FullBatch(1, 0.1))).Message);
}
