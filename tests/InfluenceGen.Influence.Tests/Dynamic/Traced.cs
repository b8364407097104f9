using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>Trainings as the <c>dynamic_*</c> fixtures state them.</summary>
internal static class Traced
{
    public static readonly string[] Files =
    [
        "dynamic_linear", "dynamic_logistic", "dynamic_softmax", "dynamic_mf", "dynamic_mlp_gelu_squared", "dynamic_mlp_relu_squared",
        "dynamic_mlp_softplus_softmax", "dynamic_mlp_tanh_softmax",
    ];

    /// <summary>The plan of some of the file's batches and rates.</summary>
    public static GradientDescent Plan<TModel>(this FixtureProblem<TModel> given, string batches = "batches",
        string rates = "learning_rates") where TModel : struct, IModel<double> =>
        GradientDescent.Batches([.. given.Inputs[batches].Elements.Select(batch => given.Positions(batch.Wholes))],
            StepSize.Listed(given.Inputs[rates].Numbers),
            given.Hyper["reduction"].Text == "sum" ? Objective.Sum : Objective.Mean) with
        {
            Start = Initialisation.At(given.Inputs["theta0"].Numbers),
            WeightDecay = given.Decay,
            Threads = 1,
        };

    /// <summary>The plan with momentum.</summary>
    public static GradientDescent MomentumPlan<TModel>(this FixtureProblem<TModel> given) where TModel : struct, IModel<double> =>
        given.Plan("batches", "momentum_learning_rates") with { Momentum = given.Hyper["momentum"].Number };

    /// <summary>A training by a plan, with a trajectory.</summary>
    public static Fit<TModel, double> Train<TModel>(this FixtureProblem<TModel> given, GradientDescent plan,
        Checkpoints? checkpoints = null) where TModel : struct, IModel<double> =>
        Trainer.Train(given.Model, given.Train, plan, new Trajectory<double>(checkpoints));

    /// <summary>Numbers of each training example, in the order of the set.</summary>
    public static double[] EachExample<TModel>(this FixtureProblem<TModel> given, Fixture expected) where TModel : struct, IModel<double>
    {
        var numbers = expected.Numbers;
        return [.. given.Train.Source.ToArray().Select(i => numbers[i])];
    }

    /// <summary>The steps 0, … of checkpoints that the file counts from 1.</summary>
    public static int[] Checkpoints<TModel>(this FixtureProblem<TModel> given) where TModel : struct, IModel<double> =>
        [.. given.Inputs["checkpoints"].Wholes.Select(t => t - 1)];
}
