using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

public sealed partial class SweepRunner<TModel, T>
{
    private AlignedBuffer<T> _ownOutputGradients = new(0);

    /// <summary>Writes the outputs s_i of each example.</summary>
    public void Predict(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> outputs) =>
        Start(Sweep.Predict, examples, weights, outputs);

    /// <summary>Writes the loss ℓ_i of each example.</summary>
    public void Loss(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> losses) =>
        Start(Sweep.Loss, examples, weights, losses);

    /// <summary>Writes r_i = ∂ℓ_i/∂s_i of each example.</summary>
    public void OutputGradient(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> outputGradients) =>
        Start(Sweep.OutputGradient, examples, weights, outputGradients);

    /// <summary>Whether the dots that <see cref="ScoreDot"/> wrote last are known to be finite: where they are so many that they go past the
    /// caches, they were looked at before.</summary>
    internal bool AreDotsFinite { get; private set; }

    /// <summary>Writes g_i · v for each of K directions and each example.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="dots">Receives K × n numbers, direction by direction.</param>
    /// <remarks>Of a single direction the last bits can be other ones than beside others; <see cref="ScoreDot"/> makes them the same.</remarks>
    public void GradientDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> directions, AlignedBuffer<T> dots)
    {
        if (DirectionsIn(directions) > 1)
        {
            ScoreDot(examples, weights, directions, dots);
            return;
        }

        _direction = directions;
        SweepArguments.Require(dots.Length, examples.Count, nameof(dots));
        Start(Sweep.GradientDot, examples, weights, dots, perExample: _touchedByExample, resultLength: examples.Count);
    }

    /// <summary><see cref="GradientDot"/>, with the same bits for a direction whatever stands beside it: where outputs are linear in the
    /// parameters always one product of matrices, which for a single direction takes two to four times as long.</summary>
    /// <inheritdoc cref="GradientDot"/>
    public void ScoreDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> directions, AlignedBuffer<T> dots)
    {
        var count = DirectionsIn(directions);
        SweepArguments.Require(dots.Length, (long)count * examples.Count, nameof(dots));
        var isProduct = _model.HasLinearOutputs && !ReadsColumns && LinearOutputDots.Suits<T>(Layout, _model.Outputs);
        if (isProduct)
        {
            AlignedBuffer<T>.Grow(ref _ownOutputGradients, (long)examples.Count * _model.OutputStride);
            OutputGradient(examples, weights, _ownOutputGradients);
            _outputGradients = _ownOutputGradients;
        }

        (_direction, _hasOther) = (directions, false);
        Start(isProduct ? Sweep.LinearDots : Sweep.GradientDot, examples, weights, dots, perExample: (long)count * _touchedByExample,
            resultLength: count * examples.Count);
        AreDotsFinite = isProduct && LinearOutputDots.IsLarge<T>(count, examples.Count) && !_hasOther;
    }

    /// <summary>Writes a_i · J_i v for each of K directions and each example, of a model of features whose outputs are linear in the
    /// parameters: <see cref="GradientDot"/> with a_i in the place of r_i.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="cotangents">a_i, <see cref="IModel{T}.OutputStride"/> numbers for each example.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="dots">Receives K × n numbers, direction by direction.</param>
    internal void CotangentDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> cotangents,
        AlignedBuffer<T> directions, AlignedBuffer<T> dots)
    {
        _direction = directions;
        _outputGradients = cotangents;
        var count = DirectionsIn(directions);
        SweepArguments.Require(dots.Length, (long)count * examples.Count, nameof(dots));
        Start(Sweep.LinearDots, examples, weights, dots, perExample: (long)count * _touchedByExample, resultLength: count * examples.Count);
    }

    /// <summary>Writes |g_i|² for each example.</summary>
    public void GradientSquaredNorm(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> norms) =>
        Start(Sweep.GradientSquaredNorm, examples, weights, norms);

    /// <summary>Writes g_i, <see cref="IModel{T}.GradientRowLength"/> numbers for each example.</summary>
    public void Gradients(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> rows) =>
        Start(Sweep.Gradients, examples, weights, rows);

    /// <summary>Writes Σ_i c_i g_i in storage order, and each r_i.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="outputGradients">Receives r_i.</param>
    /// <param name="gradient">Receives the sum. Table rows that no segment of the set covers (those outside a
    /// mini-batch) keep what they held.</param>
    public void GradientSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> outputGradients, AlignedBuffer<T> gradient)
    {
        _coefficients = coefficients;
        _outputGradients = outputGradients;
        Sum(Sweep.GradientSum, examples, weights, gradient, 0, Layout.StorageLength, 1, _touchedByExample);
    }

    /// <summary><see cref="GradientSum"/> and <see cref="Flow"/> of the same examples, reading each example once.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="direction">v, in storage order.</param>
    /// <param name="outputGradients">Receives r_i.</param>
    /// <param name="gradient">Receives Σ_i c_i g_i, as <see cref="GradientSum"/> does.</param>
    /// <param name="flows">Receives the flows, <see cref="FlowLength"/> of them.</param>
    public void GradientSumWithFlow(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> direction, AlignedBuffer<T> outputGradients, AlignedBuffer<T> gradient, AlignedBuffer<T> flows)
    {
        _coefficients = coefficients;
        _direction = direction;
        _outputGradients = outputGradients;
        _flows = flows;
        Sum(Sweep.GradientSumWithFlow, examples, weights, gradient, 0, Layout.StorageLength, 1, _touchedByExample);
    }

    /// <summary>
    /// Writes c_i g_i · v over the blocks that carry flows, from stored r_i: <see cref="FlowLength"/> numbers.
    /// </summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="direction">v, in storage order.</param>
    /// <param name="outputGradients">r_i, as a gradient sum at the same weights left it.</param>
    /// <param name="flows">Receives the flows; rows that no segment of the set covers keep what they held.</param>
    public void Flow(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> direction, AlignedBuffer<T> outputGradients, AlignedBuffer<T> flows)
    {
        _coefficients = coefficients;
        _direction = direction;
        _outputGradients = outputGradients;
        Start(Sweep.Flow, examples, weights, flows);
    }

    /// <summary>
    /// Writes one sum Σ c_i g_i for each segment of a pass, to the row that is its target and nowhere else: the sums of
    /// individuals, or of what an individual and an item share, rather than of the whole set.
    /// </summary>
    /// <param name="pass">Which pass.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="outputGradients">r_i: written by pass 0, read by the others.</param>
    /// <param name="sums">Receives the sums; rows as for <see cref="IModel{T}.GradientSum"/>.</param>
    public void SegmentSums(int pass, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> outputGradients, AlignedBuffer<T> sums)
    {
        _coefficients = coefficients;
        _outputGradients = outputGradients;
        Start(Sweep.GradientSum, examples, weights, sums, pass);
    }

    /// <summary>Writes g_a · g_b for every pair, left.Count rows of right.Count columns.</summary>
    public void GradientGram(ExampleSet<T> left, ExampleSet<T> right, AlignedBuffer<T> weights,
        AlignedBuffer<T> leftOutputGradients, AlignedBuffer<T> rightOutputGradients, AlignedBuffer<T> gram)
    {
        gram.Span[..checked(left.Count * right.Count)].Clear();
        AddGradientGram(left, right, weights, leftOutputGradients, rightOutputGradients, gram);
    }

    /// <summary>Adds g_a · g_b of every pair to what is there: left.Count rows of right.Count columns. Of a model that reads features alone
    /// both are linear in the output derivatives, so that r scaled by a factor adds that many times as much.</summary>
    public void AddGradientGram(ExampleSet<T> left, ExampleSet<T> right, AlignedBuffer<T> weights,
        AlignedBuffer<T> leftOutputGradients, AlignedBuffer<T> rightOutputGradients, AlignedBuffer<T> gram)
    {
        _right = right;
        _outputGradients = leftOutputGradients;
        _rightOutputGradients = rightOutputGradients;
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            Start(Sweep.GradientGram, left, weights, gram, pass);
        }
    }
}
