using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Representer points (Yeh, Kim, Yen and Ravikumar, 2018; Hammoudeh and Lowd, Eqs. (37) to (47)): at a minimum of a mean loss with
/// penalty (λ/2)|θ|², the outputs are Σ_i α_i f_i · f_te with representer values α_i = −(1/(λn)) ∂ℓ_i/∂s_i and f the inputs of the last layer, a 1
/// appended where it has a bias.
/// </summary>
/// <remarks>
/// <para>Needs a penalty on every parameter of the last layer, its bias too: <c>WeightDecay = WeightDecay.OnAll(0.01)</c> in the plan, or
/// <c>L2 = 0.01, RegulariseBias = true</c> in the declaration (where weights and bias have different ones, the appended 1 counts
/// λ_w/λ_b), and a last layer that is at its minimum: call <c>fit.ConvergedLastLayer()</c> first, as the authors do.
/// Only then do the contributions sum to the outputs; the notes say where it is not so.</para>
/// <para>One forward pass and n dots of features for each test example. See <see cref="IRepresenterMethod"/> for the sign and unit of
/// scores.</para>
/// </remarks>
public readonly record struct RepresenterPoints() : IRepresenterMethod
{
    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new RepresenterScores<TModel, T>(task, Represent(task));

    /// <inheritdoc/>
    public RepresenterSource<T> Represent<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new KernelRepresenters<TModel, T>(task, renormalised: false);
}

/// <summary>
/// Representer points with unit loss gradients (Hammoudeh and Lowd, Section 5.3 and its footnote on the renormalised versions of other
/// estimators): −(1/(λn)) (r_i/|r_i|) f_i · f_te with r_i = ∂ℓ_i/∂s_i, so that examples of large loss do not lead every ranking.
/// </summary>
/// <remarks>The contributions no longer sum to the outputs. Examples whose loss is flat contribute 0. Otherwise as
/// <see cref="RepresenterPoints"/>.</remarks>
public readonly record struct RenormalisedRepresenterPoints() : IRepresenterMethod
{
    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new RepresenterScores<TModel, T>(task, Represent(task));

    /// <inheritdoc/>
    public RepresenterSource<T> Represent<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new KernelRepresenters<TModel, T>(task, renormalised: true);
}

/// <summary>α_i f_i · f_te: a representer value and a kernel.</summary>
internal sealed class KernelRepresenters<TModel, T> : RepresenterSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly LastLayer<TModel, T> _layer;
    private readonly AlignedBuffer<T> _features;
    private readonly AlignedBuffer<T> _values;
    private readonly T _constant;
    private readonly int _stride;
    private readonly int _count;

    public KernelRepresenters(InfluenceTask<TModel, T> task, bool renormalised)
    {
        _layer = new LastLayer<TModel, T>(task);
        var penalty = Penalty(task, _layer.Weights);
        _constant = _layer.Bias is { } bias ? T.CreateChecked(penalty / Penalty(task, bias)) : T.Zero;
        task.Sweeps.Blocks = _layer.Blocks;
        Notes = Stationarity.NoteOf(task);
        _features = _layer.Features(task.Training);
        (_stride, _count) = (task.Sweeps.Model.OutputStride, task.Training.Count);
        _values = new AlignedBuffer<T>(_count, _stride);
        task.Sweeps.OutputGradient(task.Training, task.Weights, _values);
        if (renormalised)
        {
            for (var i = 0; i < _count; i++)
            {
                var value = _values.Span.Slice(i * _stride, _stride);
                var norm = TensorPrimitives.Norm<T>(value);
                TensorPrimitives.Multiply(value, norm > T.Zero ? T.One / norm : T.Zero, value);
            }
        }

        TensorPrimitives.Multiply(_values.Span, T.CreateChecked(-1 / (penalty * task.Training.TotalWeight)), _values.Span);
    }

    public override ImmutableArray<string> Notes { get; }

    public override long MemoryOfTest => _count;

    public override ReadOnlySpan<T> Values => _values.Span;

    public override void Write(ExampleSet<T> training, int first, ExampleSet<T> tests, AlignedBuffer<T> outputs, AlignedBuffer<T> contributions)
    {
        var kernel = new AlignedBuffer<T>(tests.Count, training.Count);
        var features = _layer.Features(tests);
        var width = _layer.Weights.Stride;
        kernel.Span.Fill(_constant);
        DenseProducts.AddProductTransposed(ref features[0], width, ref _features[first * width], width, ref kernel[0], training.Count,
            tests.Count, _layer.Weights.Columns, training.Count);
        var written = contributions.Span[..kernel.Length];
        written.Clear();
        if (_stride == 1)
        {
            for (var t = 0; t < tests.Count; t++)
            {
                TensorPrimitives.Multiply(_values.Span.Slice(first, training.Count), outputs[t], written.Slice(t * training.Count, training.Count));
            }
        }
        else
        {
            DenseProducts.AddProductTransposed(ref outputs[0], _stride, ref _values[first * _stride], _stride, ref written[0], training.Count,
                tests.Count, _stride, training.Count);
        }

        TensorPrimitives.Multiply(written, kernel.Span, written);
    }

    private static double Penalty(InfluenceTask<TModel, T> task, in ParameterBlock block) => task.Fit.PenaltyOf(block) is > 0 and var penalty
        ? penalty
        : throw new InvalidOperationException(
            $"The representer theorem needs a penalty on every parameter of the last layer; {block.Name} has none{(block.IsBias ? ", as penalties spare biases unless asked" : "")}. Train with WeightDecay = WeightDecay.OnAll(λ), declare L2 with RegulariseBias = true, or use RPS-LJE (RpsLje).");
}
