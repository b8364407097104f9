using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// What each individual got from the others and gave to them in one training, or on average over several: inflow
/// I_u = Σ over training examples of others and deployment examples of u, outflow O_u = Σ over training examples of u
/// and deployment examples of others, of the influence of one on the other (Sundararajan and Krichene, Eqs. (3) and (4),
/// without the minus sign of (4), which is a misprint). Positive flows are reductions of deployment loss.
/// </summary>
public sealed class Flows
{
    private readonly ImmutableArray<bool> _trains;
    private readonly ImmutableArray<bool> _isPredictedFor;

    internal Flows(Individuals individuals, double[] inflow, double[] outflow, double[] self, bool[] trains,
        bool[] isPredictedFor, int trainingCount, int deploymentCount, double[]? inflowError = null, double[]? outflowError = null)
    {
        Individuals = individuals;
        Inflow = [.. inflow];
        Outflow = [.. outflow];
        Self = [.. self];
        InflowError = [.. inflowError ?? new double[inflow.Length]];
        OutflowError = [.. outflowError ?? new double[outflow.Length]];
        _trains = [.. trains];
        _isPredictedFor = [.. isPredictedFor];
        (TrainingCount, TrainingWeight) = (trainingCount, trainingCount);
        (DeploymentCount, DeploymentWeight) = (deploymentCount, deploymentCount);
        Reciprocity = new ReciprocityMeasures(this);
    }

    /// <summary>The people, by code.</summary>
    public Individuals Individuals { get; }

    /// <summary>I_u of each individual; 0 for one without deployment examples.</summary>
    public ImmutableArray<double> Inflow { get; }

    /// <summary>O_u of each individual; 0 for one without training examples.</summary>
    public ImmutableArray<double> Outflow { get; }

    /// <summary>The influence of each individual's training examples on its own deployment examples, which belongs to
    /// neither flow.</summary>
    public ImmutableArray<double> Self { get; }

    /// <summary>The error that rounding can have left in each inflow: what somebody did to himself was subtracted.</summary>
    internal ImmutableArray<double> InflowError { get; }

    /// <summary>The error that rounding can have left in each outflow.</summary>
    internal ImmutableArray<double> OutflowError { get; }

    /// <summary>|Z|, training examples that the inflows are sums over; 1 where they were divided by it.</summary>
    public int TrainingCount { get; }

    /// <summary>|Z′|, deployment examples that the outflows are sums over; 1 where they were divided by it.</summary>
    public int DeploymentCount { get; }

    /// <summary>The sum of the training examples' weights; their number where they have none.</summary>
    internal double TrainingWeight { get; init; }

    /// <summary>The sum of the deployment examples' weights; their number where they have none.</summary>
    internal double DeploymentWeight { get; init; }

    /// <summary>How far inflow and outflow balance.</summary>
    public ReciprocityMeasures Reciprocity { get; }

    /// <summary>Whether the individual has training examples, and so an outflow.</summary>
    public bool Trains(int individual) => _trains[Code(individual)];

    /// <summary>Whether the individual has deployment examples, and so an inflow.</summary>
    public bool IsPredictedFor(int individual) => _isPredictedFor[Code(individual)];

    private int Code(int individual) => (uint)individual < (uint)Individuals.Count
        ? individual
        : throw new ArgumentOutOfRangeException(nameof(individual), individual, $"Codes go from 0 to {Individuals.Count - 1}.");

    /// <summary>
    /// The flows divided by the size of the set they come from or go to: inflow by |Z|, outflow by |Z′|, self-influence
    /// by |Z|. Where individuals have one example each, which is in one set or the other, this is what makes them
    /// comparable: a training example meets a fifth of the people, a deployment example four fifths. Where examples have weights, the size
    /// of a set is the sum of them.
    /// </summary>
    public Flows PerExample()
    {
        double[] Each(ImmutableArray<double> flows, double size) => [.. flows.Select(flow => flow / size)];
        return new Flows(Individuals, Each(Inflow, TrainingWeight), Each(Outflow, DeploymentWeight), Each(Self, TrainingWeight), [.. _trains],
            [.. _isPredictedFor], 1, 1, Each(InflowError, TrainingWeight), Each(OutflowError, DeploymentWeight));
    }

    /// <summary>The flows of one training between two sets.</summary>
    internal static Flows Between<T>(ExampleSet<T> training, ExampleSet<T> deployment, double[] inflow, double[] outflow,
        double[] self, double[]? inflowError = null, double[]? outflowError = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(training.Individuals, inflow, outflow, self, Present(training), Present(deployment), training.Count,
            deployment.Count, inflowError, outflowError)
        {
            TrainingWeight = training.TotalWeight,
            DeploymentWeight = deployment.TotalWeight,
        };

    private static bool[] Present<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var present = new bool[examples.Individuals.Count];
        foreach (var individual in examples.IndividualOf)
        {
            present[individual] = true;
        }

        return present;
    }
}
