using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Sharing;

[LinearModel(L2 = 0.25)]
internal sealed partial class PenalisedLinear;

[MatrixFactorization(L2 = 0.3)]
internal sealed partial class PenalisedFactors;

/// <summary>A stored training is restored as what it was and as nothing else, and what differs is named.</summary>
public class RestoreTests
{
    private static readonly string[] _people = ["Ann", "Bo", "Cy"];
    private static readonly double[] _x = [1, 2, 0.5, -1, 3, 0, 2, 2, -1, 1, 0, -2];
    private static readonly double[] _y = [1, 0, 1, 1, 0, 0];

    private static readonly GradientDescent _plan = GradientDescent.MiniBatch(6, 2, 0.3, seed: 1) with { Scaling = GradientScaling.Clip(0.5), Momentum = 0.25 };

    [Fact]
    public void The_same_plan_set_and_declaration_restore_a_training()
    {
        var trained = Logistic.Train(Set(), _plan, new Trajectory<double>());
        var restored = Trainer.Restore<Logistic.Model, double>(new Logistic.Model(2), Set(), _plan with { Threads = 1 }, trained.Trajectory!);
        Assert.Equal(trained.Theta(), restored.Theta());
        Assert.Equal(trained.JointInfluence(new TracIn(), Set()), restored.JointInfluence(new TracIn(), Set()));
        foreach (var start in new[] { Initialisation.Gaussian(0.3, 2), Initialisation.Glorot(3), Initialisation.He(4), Initialisation.At(1, 2, 3) })
        {
            var fit = Linear.Train(Set(scale: 1e6), GradientDescent.FullBatch(2, 1e-14) with { Start = start }, new Trajectory<double>());
            Assert.Equal(fit.Theta(), Trainer.Restore(fit.Model, fit.Training, fit.Plan, fit.Trajectory!).Theta());
        }
    }

    [Fact]
    public void Another_plan_is_refused_by_what_differs()
    {
        var fit = Logistic.Train(Set(), _plan, new Trajectory<double>());
        Refused(GradientDescent.MiniBatch(6, 2, 0.3, seed: 2), "batch of step 0 (counted from 0) has other examples");
        Refused(GradientDescent.MiniBatch(6, 3, 0.3, seed: 1), "batch of step 0");
        Refused(GradientDescent.FullBatch(6, 0.3), "batch of step 0");
        Refused(GradientDescent.MiniBatch(6, 2, StepSize.Listed(0.3, 0.3, 0.3, 0.3, 0.3, 0.2), seed: 1), "rate of step 5 (counted from 0) is 0.2 instead of 0.3");
        Refused(GradientDescent.MiniBatch(6, 2, 0.3, seed: 1, Objective.Sum), "objective is the sum of the losses");
        Refused(GradientDescent.MiniBatch(5, 2, 0.3, seed: 1), "it has 5 steps instead of 6");
        Refused(_plan with { Momentum = 0.5 }, "momentum is 0.5 instead of 0.25", isWhole: true);
        Refused(_plan with { WeightDecay = new(0.1) }, "weight decay on w", isWhole: true);
        Refused(_plan with { Scaling = GradientScaling.None }, "not at all instead of clipped to 0.5", isWhole: true);
        Refused(_plan with { Scaling = GradientScaling.Clip(0.4) }, "clipped to 0.4 instead of clipped to 0.5", isWhole: true);
        Refused(_plan with { Scaling = GradientScaling.Normalise }, "to length 1 instead of clipped to 0.5", isWhole: true);
        Refused(_plan with { Start = Initialisation.Glorot(1) }, "starts from other weights in w", isWhole: true);
        Refused(_plan with { Start = Initialisation.At(0, 0, 0.5) }, "starts from other weights in b", isWhole: true);
        var drawn = _plan with { Start = Initialisation.Gaussian(0.1, 1) };
        var layers = Trainer.Train(default(TanhSoftmax.Model), Problems.Classes(20, 3, 1), drawn, new Trajectory<double>());
        Assert.Contains("another seed of it", Assert.Throws<ArgumentException>("plan", () => Trainer.Restore(layers.Model, layers.Training,
            drawn with { Start = Initialisation.Gaussian(0.1, 2) }, layers.Trajectory!)).Message, StringComparison.Ordinal);

        void Refused(GradientDescent plan, string what, bool isWhole = false)
        {
            plan = isWhole ? plan : plan with { Scaling = _plan.Scaling, Momentum = _plan.Momentum };
            Assert.Contains(what, Assert.Throws<ArgumentException>("plan", () => Trainer.Restore(fit.Model, Set(), plan, fit.Trajectory!)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Another_stated_start_is_refused_however_near_it_is()
    {
        var plan = GradientDescent.FullBatch(2, 0.1) with { Start = Initialisation.At(1, 2, 3) };
        var fit = Logistic.Train(Set(), plan, new Trajectory<double>());
        Assert.Throws<ArgumentException>("plan", () => Trainer.Restore(fit.Model, Set(), plan with { Start = Initialisation.At(1, 2, 3.0000000000001) }, fit.Trajectory!));
        Assert.Throws<ArgumentException>(() => Trainer.Restore(fit.Model, Set(), plan with { Start = Initialisation.At(1, 2) }, fit.Trajectory!));
    }

    [Fact]
    public void Another_set_is_refused_by_what_differs()
    {
        var fit = Logistic.Train(Set(), _plan, new Trajectory<double>());
        Refused(Set(scale: 2), "other features, labels or ratings");
        Refused(ExampleSet<double>.FromFeatures(_x, 2, [1, 0, 1, 1, 0, 1], new Individuals(_people), [0, 1, 2, 0, 1, 2]), "other features, labels or ratings");
        Refused(Set().Subset([0, 1, 2, 3, 5, 4]), "other features, labels or ratings, their weights, offsets or order");
        Refused(Set().Subset([0, 1, 2, 3, 4]), "6 examples, this one has 5");
        Refused(ExampleSet<double>.FromFeatures(_x, 2, _y, new Individuals(_people), [0, 1, 2, 0, 2, 1]), "other individuals");
        Refused(ExampleSet<double>.FromFeatures(_x, 2, _y, new Individuals(["Ann", "Bo", "Di"]), [0, 1, 2, 0, 1, 2]), "other individuals");
        Refused(ExampleSet<double>.FromFeatures(_x, 2, _y), "other individuals");

        int[] users = [0, 0, 1, 1, 2], items = [0, 1, 1, 2, 0];
        double[] ratings = [1, 2, 3, 4, 5];
        var set = ExampleSet<double>.FromRatings(users, items, ratings, 3, 3);
        var plan = GradientDescent.FullBatch(3, 0.1) with { Start = Initialisation.Gaussian(0.3, 1) };
        var factors = Trainer.Train(new Factors.Model(3, 3, 2), set, plan, new Trajectory<double>());
        Assert.Contains("counts that the rows' penalty is shared by", Assert.Throws<ArgumentException>("training", () =>
            Trainer.Restore(factors.Model, set.WithPenalty(RowPenalty.None), plan, factors.Trajectory!)).Message, StringComparison.Ordinal);
        Assert.Contains("other features, labels or ratings", Assert.Throws<ArgumentException>("training", () =>
            Trainer.Restore(factors.Model, ExampleSet<double>.FromRatings(users, [0, 1, 2, 1, 0], ratings, 3, 3), plan, factors.Trajectory!)).Message, StringComparison.Ordinal);

        void Refused(ExampleSet<double> other, string what) => Assert.Contains(what, Assert.Throws<ArgumentException>("training",
            () => Trainer.Restore(fit.Model, other, _plan, fit.Trajectory!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_another_name_are_another_set()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.csv"), "age,bmi,label\n1,2,1\n0.5,-1,0\n3,0,1\n");
        File.WriteAllText(folder.File("b.csv"), "bmi,age,label\n1,2,1\n0.5,-1,0\n3,0,1\n");
        var (a, b) = (CsvExamples.Read<double>(folder.File("a.csv"), "label"), CsvExamples.Read<double>(folder.File("b.csv"), "label"));
        var fit = Logistic.Train(a, GradientDescent.FullBatch(2, 0.1), new Trajectory<double>());
        Assert.Contains("names of features", Assert.Throws<ArgumentException>(() => Trainer.Restore(fit.Model, b, fit.Plan, fit.Trajectory!)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_declaration_is_refused_by_what_differs()
    {
        var plan = GradientDescent.FullBatch(3, 0.1);
        var linear = Linear.Train(Set(), plan, new Trajectory<double>());
        Refused(linear, new Logistic.Model(2), "'layers; loss: Squared; bias: yes; L2: 0; numbers: double', this one is 'layers; loss: Logistic");
        Refused(linear, new PenalisedLinear.Model(2), "other parameters: it has w 1×2, b 1×1, this one w 1×2 with L2 0.25");
        var tanh = Trainer.Train(default(TanhSoftmax.Model), Problems.Classes(20, 3, 1), plan, new Trajectory<double>());
        Refused(tanh, default(GeluSoftmax.Model), "activation: Tanh; bias: yes; L2: 0; numbers: double', this one is 'layers; loss: SoftmaxCrossEntropy; hidden: 4; activation: Gelu");
        var set = ExampleSet<double>.FromRatings([0, 0, 1], [0, 1, 1], [1, 2, 3], 2, 2);
        var factors = Trainer.Train(new Factors.Model(2, 2, 2), set, plan, new Trajectory<double>());
        Refused(factors, new PenalisedFactors.Model(2, 2, 2), "L2: 0.2; numbers: double', this one is 'matrix factorization; loss: Squared; rank: open; L2: 0.3");
        Refused(factors, new Factors.Model(2, 2, 3), "other parameters: it has P 2×2, Q 2×2, this one P 2×3");
        Assert.NotEqual(default(TanhSoftmax.Model).Declaration, default(TanhSoftmaxSingle.Model).Declaration);
    }

    private static void Refused<TModel, TOther>(Fit<TModel, double> fit, TOther other, string what)
        where TModel : struct, IModel<double>
        where TOther : struct, IModel<double> => Assert.Contains(what, Assert.Throws<ArgumentException>("model",
            () => Trainer.Restore(other, fit.Training, fit.Plan, fit.Trajectory!)).Message, StringComparison.Ordinal);

    private static ExampleSet<double> Set(double scale = 1) =>
        ExampleSet<double>.FromFeatures([.. _x.Select(x => scale * x)], 2, _y, new Individuals(_people), [0, 1, 2, 0, 1, 2]);
}
