using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>A trained model. Sets that it is asked about are matched with the training set by name: features, classes and other
/// label columns, users and items, in whatever order they stand there; what has no names is matched by position.</summary>
/// <remarks>Safe for any number of threads at once: nothing that is asked of a fit changes it, its trajectory included, and every
/// call works in memory of its own. <see cref="Weights"/> are not to be written to.</remarks>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its parameters: they are in Theta(), and where they lie in Model.Layout")]
public sealed partial class Fit<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal Fit(TModel model, ExampleSet<T> training, GradientDescent plan, AlignedBuffer<T> weights, Trajectory<T>? trajectory = null)
    {
        Model = model;
        Trajectory = trajectory;
        Training = training;
        Plan = plan;
        Weights = weights;
        Divisor = training.TotalWeight;
    }

    /// <summary>The model.</summary>
    public TModel Model { get; }

    /// <summary>What it was trained on.</summary>
    public ExampleSet<T> Training { get; }

    /// <summary>How it was trained.</summary>
    public GradientDescent Plan { get; }

    /// <summary>The parameters in storage order.</summary>
    public AlignedBuffer<T> Weights { get; }

    /// <summary>The way the training went, where a <see cref="Trajectory{T}"/> was passed to Train; otherwise null. A fit
    /// that was taken to the minimum (Converged) was not trained step by step and has none.</summary>
    public Trajectory<T>? Trajectory { get; }

    /// <summary>The flat vector θ: the blocks in order, row by row, without padding.</summary>
    public T[] Theta()
    {
        var theta = new T[Model.Layout.Count];
        Model.Layout.Pack<T>(Weights.Span, theta);
        return theta;
    }

    /// <summary>The outputs s_i of each example: n rows of <see cref="IModel{T}.Outputs"/> numbers, without padding.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    /// <exception cref="ArithmeticException">A number is not finite; the message names the first example.</exception>
    public T[] Predict(ExampleSet<T> examples)
    {
        examples = ModelData.Matched(Model, Training, examples, nameof(examples));
        var (count, stride) = (Model.Outputs, Model.OutputStride);
        var outputs = new AlignedBuffer<T>(examples.Count, stride);
        Model.Predict(examples, 0, examples.SegmentsOf(0).Count, Weights.Span, outputs.Span);
        var rows = new T[Sizes.Product(examples.Count, count, "Predict fewer examples at a time.")];
        for (var i = 0; i < examples.Count; i++)
        {
            outputs.Span.Slice(i * stride, count).CopyTo(rows.AsSpan(i * count));
        }

        FiniteResults.Require<T, T>(rows, examples, count, "output");
        return rows;
    }

    /// <summary>The loss ℓ_i of each example, its share of a decomposed penalty included, times its weight where it has one.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads.</exception>
    /// <exception cref="ArithmeticException">A number is not finite; the message names the first example.</exception>
    public T[] Losses(ExampleSet<T> examples)
    {
        examples = ModelData.Matched(Model, Training, examples, nameof(examples));
        var losses = LossesOf(examples);
        FiniteResults.Require<T, T>(losses.Span, examples, 1, "loss");
        return losses.Span.ToArray();
    }

    /// <summary>The losses, finite or not, of a set that is matched.</summary>
    private AlignedBuffer<T> LossesOf(ExampleSet<T> examples)
    {
        var losses = new AlignedBuffer<T>(examples.Count);
        Model.Loss(examples, 0, examples.SegmentsOf(0).Count, Weights.Span, losses.Span);
        return losses;
    }

    /// <summary>What the objective divides the sum of the losses by, where that is not their number or total weight: a set of which some terms
    /// were left out and nothing else changed keeps the divisor that it had with them.</summary>
    internal double Divisor { get; init; }

    /// <summary>The blocks that were taken to their minimum, where it was made from another fit by doing so; null where none were.</summary>
    internal BlockSet? Moved { get; init; }

    /// <summary>Whether some blocks were taken to their minimum.</summary>
    internal bool IsMinimised => Moved is not null;

    /// <summary>The same model of the same training set at other weights.</summary>
    internal Fit<TModel, T> At(AlignedBuffer<T> weights) => new(Model, Training, Plan, weights) { Divisor = Divisor };

    /// <summary>λ of the penalty (λ/2)|block|² in the mean objective: the declaration's and the plan's weight decay together.
    /// Weight decay does not grow with the number of losses, so of a sum of n of them it is the n-th part. Beside the mean of
    /// fewer losses than <see cref="Divisor"/> it weighs as much more.</summary>
    internal double PenaltyOf(in ParameterBlock block)
    {
        var decay = Plan.WeightDecay?.On(block) ?? 0;
        return Divisor / Training.TotalWeight * (block.L2 + (Plan.Objective == Objective.Sum ? decay / Divisor : decay));
    }

    /// <summary>The part of <see cref="PenaltyOf(in ParameterBlock)"/> that an example takes along when it goes and the objective is one of the
    /// others: all of it where the objective is a mean. Where it is a sum there are as many L2 as losses, but one weight decay, which
    /// stays.</summary>
    internal double CarriedPenaltyOf(in ParameterBlock block) =>
        Plan.Objective == Objective.Sum ? Divisor / Training.TotalWeight * block.L2 : PenaltyOf(block);

    /// <summary>λ of the penalty beside the mean of losses of the training set's that weigh <paramref name="count"/>, as much as there are
    /// of them or the sum of their weights: what stays when examples go
    /// weighs as much more as there are fewer of them.</summary>
    internal double PenaltyOf(in ParameterBlock block, double count)
    {
        var (penalty, carried) = (PenaltyOf(block), CarriedPenaltyOf(block));
        return count == Training.TotalWeight ? penalty : carried + (penalty - carried) * Training.TotalWeight / count;
    }

    /// <summary>Adds the gradient of the mean objective's penalty, λ θ.</summary>
    internal void AddPenaltyGradient(Span<T> gradient)
    {
        foreach (ref readonly var block in Model.Layout.Blocks.AsSpan())
        {
            var part = gradient.Slice(block.Offset, block.StorageLength);
            TensorPrimitives.MultiplyAdd(Weights.Span.Slice(block.Offset, block.StorageLength),
                T.CreateTruncating(PenaltyOf(block)), part, part);
        }
    }

    /// <summary>Σ (λ/2)|block|² at the weights: what the declaration's penalties and the plan's weight decay add to the mean
    /// training loss.</summary>
    public double Penalty()
    {
        var penalty = 0.0;
        foreach (var block in Model.Layout.Blocks)
        {
            var squares = 0.0;
            foreach (var weight in Weights.Span.Slice(block.Offset, block.StorageLength))
            {
                var w = double.CreateChecked(weight);
                squares += w * w;
            }

            penalty += PenaltyOf(block) / 2 * squares;
        }

        return penalty;
    }

    /// <summary>The mean of <see cref="Losses"/>; <see cref="Penalty"/> is not in it. Where examples have weights, their sum divided by
    /// <see cref="ExampleSet{T}.TotalWeight"/>.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads, or every example has weight 0.</exception>
    /// <exception cref="ArithmeticException">A number is not finite; the message names the first example.</exception>
    public double MeanLoss(ExampleSet<T> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ModelData.RequireWeight(examples, nameof(examples));
        var (sum, divisor) = (0.0, examples.TotalWeight);
        foreach (var loss in Losses(examples))
        {
            sum += double.CreateChecked(loss);
        }

        // A sum of large losses can leave the range where their mean does not.
        return double.IsFinite(sum) ? sum / divisor : Losses(examples).Sum(loss => double.CreateChecked(loss) / divisor);
    }

    /// <summary>The root of the mean squared difference of output and label, over all examples, by their weights where they have some, and
    /// outputs.</summary>
    /// <exception cref="ArgumentException">The set is not one this model reads, or every example has weight 0.</exception>
    /// <exception cref="InvalidOperationException">The outputs are not predictions of the label (the output of a logistic
    /// model is the logarithm of the odds).</exception>
    /// <exception cref="ArithmeticException">A number is not finite; the message names the first example.</exception>
    public double Rmse(ExampleSet<T> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (Model.Labels != LabelDomain.Real)
        {
            throw new InvalidOperationException(
                "This model's outputs are not predictions of the label itself; compare mean losses instead.");
        }

        examples = ModelData.Matched(Model, Training, examples, nameof(examples));
        ModelData.RequireWeight(examples, nameof(examples));
        var outputs = Predict(examples);
        var (errors, count) = (new double[outputs.Length], Model.Outputs);
        for (var i = 0; i < outputs.Length; i++)
        {
            errors[i] = double.CreateChecked(outputs[i]) - double.CreateChecked(examples.Labels[i / count * examples.LabelStride + i % count]);
        }

        FiniteResults.Require<double, T>(errors, examples, count, "error");

        // In units of a power of two near the largest one, which changes no bit and keeps squares in range.
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(errors));
        var unit = largest > 0 ? Math.ScaleB(1, Math.ILogB(largest)) : 1;
        var sum = 0.0;
        for (var i = 0; i < errors.Length; i++)
        {
            sum += WeightOf(examples, i / count) * (errors[i] / unit * (errors[i] / unit));
        }

        return unit * Math.Sqrt(sum / (examples.TotalWeight * count));
    }

    /// <summary>
    /// The share of examples, or of their weight, whose class is predicted: the class of the greatest output is that of the greatest label share
    /// (the first of equal ones); of labels 0 and 1, the output is positive where the label is 1 and nowhere else.
    /// </summary>
    /// <exception cref="ArgumentException">The set is not one this model reads, or every example has weight 0.</exception>
    /// <exception cref="InvalidOperationException">The labels are not classes.</exception>
    /// <exception cref="ArithmeticException">A number is not finite; the message names the first example.</exception>
    public double Accuracy(ExampleSet<T> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (Model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution))
        {
            throw new InvalidOperationException("This model's labels are not classes; compare mean losses instead.");
        }

        examples = ModelData.Matched(Model, Training, examples, nameof(examples));
        ModelData.RequireWeight(examples, nameof(examples));
        ReadOnlySpan<T> outputs = Predict(examples);
        var (right, count) = (0.0, Model.Outputs);
        for (var i = 0; i < examples.Count; i++)
        {
            right += IsRight(outputs.Slice(i * count, count), examples.Labels.Slice(i * examples.LabelStride, count)) ? WeightOf(examples, i) : 0;
        }

        return right / examples.TotalWeight;
    }

    /// <summary>Whether outputs are those of a label, of a model whose labels are classes.</summary>
    internal bool IsRight(ReadOnlySpan<T> output, ReadOnlySpan<T> label) => Model.Labels == LabelDomain.Distribution
        ? TensorPrimitives.IndexOfMax(output) == TensorPrimitives.IndexOfMax(label)
        : AreThoseOf(output, label);

    private static double WeightOf(ExampleSet<T> examples, int example) =>
        examples.Weights.IsEmpty ? 1 : double.CreateChecked(examples.Weights[example]);

    private static bool AreThoseOf(ReadOnlySpan<T> outputs, ReadOnlySpan<T> labels)
    {
        for (var output = 0; output < outputs.Length; output++)
        {
            if (outputs[output] > T.Zero != (labels[output] == T.One))
            {
                return false;
            }
        }

        return true;
    }
}
