using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>A trained model.</summary>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed class Fit<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SweepRunner<TModel, T> _sweeps;

    internal Fit(TModel model, GradientDescent plan, AlignedBuffer<T> weights)
    {
        Plan = plan;
        Weights = weights;
        _sweeps = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
    }

    /// <summary>The model.</summary>
    public TModel Model => _sweeps.Model;

    /// <summary>How it was trained.</summary>
    public GradientDescent Plan { get; }

    /// <summary>The parameters in storage order.</summary>
    public AlignedBuffer<T> Weights { get; }

    /// <summary>The flat vector θ: the blocks in order, row by row, without padding.</summary>
    public T[] Theta()
    {
        var theta = new T[_sweeps.Layout.Count];
        _sweeps.Layout.Pack<T>(Weights.Span, theta);
        return theta;
    }

    /// <summary>The output s_i of each example.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    public T[] Predict(ExampleSet<T> examples)
    {
        ModelData.RequireFit(Model, examples, nameof(examples));
        var outputs = new AlignedBuffer<T>(examples.Count);
        _sweeps.Predict(examples, Weights, outputs);
        return outputs.Span.ToArray();
    }

    /// <summary>The loss ℓ_i of each example, its share of a decomposed penalty included.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    public T[] Losses(ExampleSet<T> examples)
    {
        ModelData.RequireFit(Model, examples, nameof(examples));
        var losses = new AlignedBuffer<T>(examples.Count);
        _sweeps.Loss(examples, Weights, losses);
        return losses.Span.ToArray();
    }

    /// <summary>The mean of <see cref="Losses"/>.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    public double MeanLoss(ExampleSet<T> examples)
    {
        var sum = 0.0;
        foreach (var loss in Losses(examples))
        {
            sum += double.CreateChecked(loss);
        }

        return sum / examples.Count;
    }

    /// <summary>The root of the mean squared difference of output and label.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    /// <exception cref="InvalidOperationException">The outputs are not predictions of the label (the output of a logistic
    /// model is the logarithm of the odds).</exception>
    public double Rmse(ExampleSet<T> examples)
    {
        if (Model.Labels != LabelDomain.Real)
        {
            throw new InvalidOperationException(
                "This model's outputs are not predictions of the label itself; compare mean losses instead.");
        }

        var outputs = Predict(examples);
        var sum = 0.0;
        for (var i = 0; i < outputs.Length; i++)
        {
            var error = double.CreateChecked(outputs[i] - examples.Labels[i]);
            sum += error * error;
        }

        return Math.Sqrt(sum / examples.Count);
    }
}
