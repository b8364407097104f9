using System.Reflection;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Values;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>Settings that nobody set are the documented ones, however they were made; those that make no sense are refused by name.</summary>
public class SettingsTests
{
    private static readonly ExampleSet<double> _set = ExampleSet<double>.FromFeatures([1.0, 2.0, 4.0, 3.0], 1, [1.0, 0.0, 1.0, 0.0]);

    private static readonly Fit<Logistic.Model, double> _fit = Trainer.Train(new Logistic.Model(1), _set,
        GradientDescent.FullBatch(3, 0.1) with { WeightDecay = WeightDecay.OnAll(0.1) }, new Trajectory<double>());

    private static readonly Game _game = Game.Of(4, coalition => Math.Sqrt(coalition.Count) + (coalition[0] ? 1 : 0));

    /// <summary>Every public struct that has settings: what can be given to an initialiser.</summary>
    private static IEnumerable<Type> Options => typeof(GradientScaling).Assembly.GetExportedTypes().Where(type => type is { IsValueType: true, IsEnum: false }
        && (type.GetInterfaces().Any(i => i.Namespace == "InfluenceGen.Influence") || Settable(type).Any(p => p.Name != "Item") || type.GetConstructor([]) is not null));

    [Fact]
    public void Every_struct_of_settings_means_the_same_by_default_and_by_new()
    {
        var found = Options.ToList();
        Assert.Contains(typeof(InfluenceFunctions), found);
        Assert.Contains(typeof(HydraFull), found);
        Assert.All(found, type =>
        {
            var (bare, made) = (RuntimeHelpers.GetUninitializedObject(type), Activator.CreateInstance(type)!);
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
            {
                Assert.True(Equals(property.GetValue(made), property.GetValue(bare)), $"{type.Name}.{property.Name}: {property.GetValue(bare)} by default");
            }
        });
    }

    [Fact]
    public void Documented_defaults_are_those_of_a_struct_that_nobody_made()
    {
        Assert.Same(Solver.Automatic, default(InfluenceFunctions).Solver);
        Assert.Same(Solver.Automatic, default(RelatIF).Influence.Solver);
        Assert.Equal(1000, default(FastIF).Candidates);
        Assert.Equal((1e-3, 1e-9, 500), (default(ProximalBregmanResponse).Damping, default(ProximalBregmanResponse).Tolerance, default(ProximalBregmanResponse).Iterations));
        Assert.Equal(200, default(ProjectedGradientGroup).Iterations);
        Assert.Equal((1000, 5, 2, 2), (default(AverageMarginalEffect).Samples, default(RegressionAdjustedValue).Folds, default(ShapleyInteraction).Order, default(ShapleyTaylor).Order));
        Assert.Equal([0.2, 0.4, 0.6, 0.8], default(AverageMarginalEffect).Inclusion);
        Assert.Same(Semivalue.Shapley, default(RegressionAdjustedValue).Value);
        Assert.Empty(default(RegressionAdjustedValue).Covers);
        Assert.Equal(1L << 30, default(HydraFull).MemoryBound);
        Assert.Equal(1L << 30, default(HydraFast).MemoryBound);
        Assert.Equal(1L << 30, default(SgdInfluence).MemoryBound);
        Assert.Equal((1L << 30, Removal.Fixed, LossChange.Exact), (default(IterativeLeaveOneOut).MemoryBound, default(IterativeLeaveOneOut).Removal, default(IterativeLeaveOneOut).Effect));
        Assert.Equal((5, 5), (default(NearestNeighbourShapley).Neighbours, default(NearestNeighbourLeaveOneOut).Neighbours));
        Assert.Equal((5, 3), (default(WeightedNeighbourShapley).Neighbours, default(WeightedNeighbourShapley).Bits));
        Assert.Equal((0.7, 1000, 500), (default(Downsampling).Share, default(Downsampling).Count, default(DataOob).Count));
        Assert.Equal((9, 20), (default(ConsistencyScore).Shares.Count, default(ConsistencyScore).Count));
        Assert.True(default(GradientScaling).IsNone);
        Assert.Equal(GradientScaling.None, default);
        var plan = GradientDescent.FullBatch(3, 0.1) with { WeightDecay = WeightDecay.OnAll(0.1), Scaling = default };
        Assert.Equal(_fit.Theta(), Trainer.Train(new Logistic.Model(1), _set, plan).Theta());
        var ledger = new Reciprocity.Ledger<Logistic.Model, double>(new Logistic.Model(1), _set, _set) { Milestones = default };
        Trainer.Train(new Logistic.Model(1), _set, plan, ledger);
        var problem = Assert.Throws<ArgumentException>(() => Trainer.Train(default(Logistic.Model), _set, plan));
        Assert.Contains("Model.For", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_made_by_default_score_like_those_made_by_new()
    {
        Same(default(InfluenceFunctions), new InfluenceFunctions());
        Same(default(RelatIF), new RelatIF());
        Same(default(RenormalisedInfluence), new RenormalisedInfluence());
        Same(default(FastIF), new FastIF());
        Same(default(InfluenceAtNonConvergence), new InfluenceAtNonConvergence());
        Same(default(ProximalBregmanResponse), new ProximalBregmanResponse());
        Same(default(RepresenterPoints), new RepresenterPoints());
        Same(default(RenormalisedRepresenterPoints), new RenormalisedRepresenterPoints());
        Same(default(RpsLje), new RpsLje());
        Same(default(TracIn), new TracIn());
        Same(default(TracInCP), new TracInCP());
        Same(default(TracInIdeal), new TracInIdeal());
        Same(default(GradientAggregatedSimilarity), new GradientAggregatedSimilarity());
        Same(default(HydraFull), new HydraFull());
        Same(default(HydraFast), new HydraFast());
        Same(default(SgdInfluence), new SgdInfluence());
        Same(default(IterativeLeaveOneOut), new IterativeLeaveOneOut());
        SameGroups(default(IterativeLeaveOneOut), new IterativeLeaveOneOut());
        Same(default(LeaveOneOut), new LeaveOneOut());
        Same(default(NearestNeighbourShapley), new NearestNeighbourShapley());
        Same(default(NearestNeighbourLeaveOneOut), new NearestNeighbourLeaveOneOut());
        SameGroups(default(FirstOrderGroup), new FirstOrderGroup());
        SameGroups(default(SecondOrderGroup), new SecondOrderGroup());
        SameGroups(default(KohGroupSum), new KohGroupSum());
        SameGroups(default(NewtonStepGroup), new NewtonStepGroup());
        Assert.Equal(_fit.MostInfluentialGroup(new GreedyGroup(), 2, _set).Influence, _fit.MostInfluentialGroup(default(GreedyGroup), 2, _set).Influence);
        Assert.Equal(_fit.MostInfluentialGroup(new ProjectedGradientGroup(), 2, _set).Influence,
            _fit.MostInfluentialGroup(default(ProjectedGradientGroup), 2, _set).Influence);
        SameValues(default(ExactShapley), new ExactShapley());
        SameValues(default(ExactBanzhaf), new ExactBanzhaf());
        SameValues(default(ExactSemivalue), new ExactSemivalue());
        SameValues(default(LeaveOneOutValue), new LeaveOneOutValue());
        SameValues(default(AddOneInValue), new AddOneInValue());
        SameValues(default(PermutationShapley), new PermutationShapley());
        SameValues(default(TruncatedMonteCarlo), new TruncatedMonteCarlo());
        SameValues(default(BanzhafSampleReuse), new BanzhafSampleReuse());
        SameValues(default(AverageMarginalEffect), new AverageMarginalEffect());
        SameValues(default(RegressionAdjustedValue), new RegressionAdjustedValue());
        Assert.Equal(new ShapleyInteraction().Of(_game).Sets, default(ShapleyInteraction).Of(_game).Sets);
        Assert.Equal(new ShapleyTaylor().Of(_game).Sets, default(ShapleyTaylor).Of(_game).Sets);
        Assert.Equal(new TracInAnomaly().Of(_fit, _set).MeanInfluence, default(TracInAnomaly).Of(_fit, _set).MeanInfluence);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused_by_name()
    {
        foreach (var odd in new[] { double.NaN, -double.NaN, -1, double.PositiveInfinity })
        {
            Refused("Damping", new InfluenceFunctions { Damping = odd });
            Refused("Damping", new ProximalBregmanResponse { Damping = odd });
            Refused("Tolerance", new ProximalBregmanResponse { Tolerance = odd });
            Assert.Throws<ArgumentOutOfRangeException>("tolerance", () => Solver.ConjugateGradient(odd));
            Assert.Throws<ArgumentOutOfRangeException>("scale", () => Solver.Lissa(3, 2, odd, 1));
            Assert.Throws<ArgumentOutOfRangeException>("limit", () => GradientScaling.Clip(odd));
            Assert.Throws<ArgumentOutOfRangeException>("Step", () => _fit.MostInfluentialGroup(new ProjectedGradientGroup { Step = odd }, 2, _set));
        }

        Refused("Damping", new ProximalBregmanResponse { Damping = 0 });
        Refused("Epsilon", new ProximalBregmanResponse { Epsilon = double.NaN });
        Refused("Epsilon", new ProximalBregmanResponse { Epsilon = 0 });
        Refused("Curvature", new InfluenceFunctions { Curvature = (Curvature)7 });
        Refused("Relative", new RelatIF { Relative = (RelativeTo)7 });
        Refused("Candidates", new FastIF { Candidates = 0 });
        Refused("Iterations", new ProximalBregmanResponse { Iterations = 0 });
        Refused("MemoryBound", new HydraFull { MemoryBound = -1 });
        Refused("MemoryBound", new HydraFast { MemoryBound = -1 });
        Refused("MemoryBound", new SgdInfluence { MemoryBound = -1 });
        Refused("MemoryBound", new IterativeLeaveOneOut { MemoryBound = -1 });
        Refused("Removal", new IterativeLeaveOneOut { Removal = (Removal)7 });
        Refused("Effect", new IterativeLeaveOneOut { Effect = (LossChange)7 });
        Assert.Throws<ArgumentOutOfRangeException>("Removal", () => _fit.GroupInfluence(new SecondOrderGroup { Removal = (Removal)7 }, [[1]], _set));
        Assert.Throws<ArgumentOutOfRangeException>("Removal", () => _fit.GroupInfluence(new NewtonStepGroup { Removal = (Removal)7 }, [[1]], _set));
        Assert.Throws<ArgumentOutOfRangeException>("effect", () => _fit.GroupInfluence(new FirstOrderGroup(), [[1]], _set, (LossChange)7));
        Assert.Throws<ArgumentOutOfRangeException>("Relaxation", () => _fit.MostInfluentialGroup(new ProjectedGradientGroup { Relaxation = (GroupRelaxation)7 }, 2, _set));
        Assert.Throws<ArgumentOutOfRangeException>("Iterations", () => _fit.MostInfluentialGroup(new ProjectedGradientGroup { Iterations = 0 }, 2, _set));
        Assert.Throws<ArgumentException>("Start", () => _fit.MostInfluentialGroup(new ProjectedGradientGroup { Start = [1] }, 2, _set));
        Assert.Throws<ArgumentException>("Start", () => _fit.MostInfluentialGroup(new ProjectedGradientGroup { Start = [1, 0, 0, double.NaN] }, 2, _set));
        Assert.Throws<ArgumentOutOfRangeException>("objective", () => GradientDescent.FullBatch(1, 1, (Objective)7));
        Assert.Throws<ArgumentOutOfRangeException>("averaging", () => new Reciprocity.FlowAverage((Reciprocity.Averaging)7));
        foreach (var odd in new[] { 0, 8, -1 })
        {
            Assert.Throws<ArgumentOutOfRangeException>("scores", () => OnlineTracIn.Of(new Logistic.Model(1), _set, _set, (OnlineScores)odd));
        }
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } && type.GetConstructors().All(made => made.GetParameters().All(p => p.Name != property.Name)));

    private static void Same<TMethod>(TMethod bare, TMethod made) where TMethod : struct, IInfluenceMethod
    {
        var (a, b) = (_fit.Influence(bare, _set), _fit.Influence(made, _set));
        for (var test = 0; test < _set.Count; test++)
        {
            Assert.Equal(b.OfTest(test), a.OfTest(test));
        }
    }

    private static void SameValues<TMethod>(TMethod bare, TMethod made) where TMethod : struct, IValueMethod =>
        Assert.Equal(made.Of(_game).OfUtility(0), bare.Of(_game).OfUtility(0));

    private static void SameGroups<TMethod>(TMethod bare, TMethod made) where TMethod : struct, IGroupMethod =>
        Assert.Equal(_fit.GroupInfluence(made, [[0, 1]], _set).OfGroup(0), _fit.GroupInfluence(bare, [[0, 1]], _set).OfGroup(0));

    private static void Refused<TMethod>(string setting, TMethod method) where TMethod : struct, IInfluenceMethod =>
        Assert.Throws<ArgumentOutOfRangeException>(setting, () => _fit.Influence(method, _set));
}
