using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Tests.Reciprocity;

/// <summary>The training loss before each step and after the last.</summary>
internal sealed class LossRecord<TModel>(TModel model) : ITrainingObserver<double> where TModel : struct, IModel<double>
{
    private readonly List<double> _sums = [];
    private int _count;

    public double[] Sums => [.. _sums];

    public double[] Means => [.. _sums.Select(sum => sum / _count)];

    public void Begin(TrainingStep<double> step) => _count = step.Training.Count;

    public void BeforeGradient(TrainingStep<double> step)
    {
        var losses = new AlignedBuffer<double>(step.Training.Count);
        new SweepRunner<TModel, double>(model, step.Team).Loss(step.Training, step.Weights, losses);
        _sums.Add(losses.Span.ToArray().Sum());
    }

    public void AfterGradient(TrainingStep<double> step)
    {
    }

    public void End(TrainingStep<double> step) => BeforeGradient(step);
}

/// <summary>TracIn of a few training examples on a few deployment examples, pair by pair.</summary>
internal sealed class PairwiseTracIn<TModel>(TModel model, ExampleSet<double> left, ExampleSet<double> right)
    : ITrainingObserver<double>
    where TModel : struct, IModel<double>
{
    private readonly AlignedBuffer<double> _left = new(left.Count);
    private readonly AlignedBuffer<double> _right = new(right.Count);
    private readonly AlignedBuffer<double> _gram = new(left.Count * right.Count);

    public double[] Influence { get; } = new double[left.Count * right.Count];

    public void Begin(TrainingStep<double> step)
    {
    }

    public void BeforeGradient(TrainingStep<double> step)
    {
        var sweeps = new SweepRunner<TModel, double>(model, step.Team);
        sweeps.OutputGradient(left, step.Weights, _left);
        sweeps.OutputGradient(right, step.Weights, _right);
        sweeps.GradientGram(left, right, step.Weights, _left, _right, _gram);
        for (var pair = 0; pair < Influence.Length; pair++)
        {
            Influence[pair] += step.Factor * _gram[pair];
        }
    }

    public void AfterGradient(TrainingStep<double> step)
    {
    }

    public void End(TrainingStep<double> step)
    {
    }
}
