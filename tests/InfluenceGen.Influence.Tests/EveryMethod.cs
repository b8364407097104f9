using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Values;

namespace InfluenceGen.Influence.Tests;

/// <summary>A test over whatever method there is.</summary>
internal interface IMethodTest
{
    void Run<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod;
}

/// <summary>Every method that scores examples.</summary>
internal static class EveryMethod
{
    public static void Run(IMethodTest test)
    {
        var damped = new InfluenceFunctions { Damping = 0.05 };
        test.Run(damped);
        test.Run(damped with { Solver = Solver.ConjugateGradient() });
        test.Run(damped with { Curvature = Curvature.GaussNewton });
        test.Run(new RelatIF { Influence = damped });
        test.Run(new RelatIF { Influence = damped with { Curvature = Curvature.GaussNewton }, Relative = RelativeTo.OwnLoss });
        test.Run(new RenormalisedInfluence { Influence = damped });
        test.Run(new FastIF { Influence = damped, Candidates = 7 });
        test.Run(new InfluenceAtNonConvergence { Influence = damped });
        test.Run(new ProximalBregmanResponse { Damping = 0.1, Iterations = 20 });
        test.Run(new RepresenterPoints());
        test.Run(new RenormalisedRepresenterPoints());
        test.Run(new RpsLje { Influence = damped });
        test.Run(new TracIn());
        test.Run(new TracIn { Projection = RandomProjection.Gaussian(5, 1) });
        test.Run(new TracInCP());
        test.Run(new TracInIdeal());
        test.Run(new GradientAggregatedSimilarity());
        test.Run(new HydraFull());
        test.Run(new HydraFast());
        test.Run(new SgdInfluence());
        test.Run(new IterativeLeaveOneOut());
        test.Run(new IterativeLeaveOneOut { Effect = LossChange.FirstOrder });
        test.Run(new IterativeLeaveOneOut { Effect = LossChange.SecondOrder, Removal = Removal.Refit });
        test.Run(new LeaveOneOut());
        test.Run(new LeaveOneOut { Removal = Removal.Fixed, By = RetrainBy.Plan });
        test.Run(new Downsampling { Count = 20, Share = 0.5 });
        test.Run(new NearestNeighbourShapley());
        test.Run(new NearestNeighbourLeaveOneOut { Features = NeighbourFeatures.Inputs });
        test.Run(new ThresholdNeighbourShapley { Threshold = 1 });
        test.Run(new WeightedNeighbourShapley { Bandwidth = 1 });
    }
}
