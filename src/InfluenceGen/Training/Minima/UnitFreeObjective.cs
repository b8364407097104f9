using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// The mean training objective of a fit, its penalties included, as a function of the parameters that move, in coordinates without units
/// (<see cref="FeatureUnits"/>). Points and directions are vectors of double whatever the model's precision: the parameters in the order
/// of θ without the fixed ones, and zeros up to a multiple of 8.
/// </summary>
internal sealed class UnitFreeObjective<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Directions of one sweep.
    private const int Together = 16;

    private readonly Fit<TModel, T> _fit;
    private readonly FeatureUnits? _units;
    private readonly AlignedBuffer<T> _weights;
    private readonly AlignedBuffer<T> _sum;
    private readonly AlignedBuffer<T> _losses;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly double[] _storage;
    private readonly double[] _penalised;
    private readonly AlignedBuffer<double> _start;
    private AlignedBuffer<T> _directions = new(0);
    private AlignedBuffer<T> _products = new(0);

    /// <param name="fit">Where it starts, and its penalties.</param>
    /// <param name="blocks">The blocks that move.</param>
    /// <param name="units">The coordinates; null for the weights' own.</param>
    /// <param name="examples">The fit's training set in those coordinates.</param>
    /// <param name="team">Threads.</param>
    public UnitFreeObjective(Fit<TModel, T> fit, BlockSet blocks, FeatureUnits? units, ExampleSet<T> examples, WorkerTeam team)
    {
        (_fit, _units, Examples) = (fit, units, examples);
        Sweeps = new SweepRunner<TModel, T>(fit.Model, team) { Blocks = blocks };
        Positions = Sweeps.Layout.PositionsOf(blocks);
        Order = ParameterLayout.RoundUp(Positions.Length);
        var length = Sweeps.Layout.StorageLength;
        (_weights, _sum, _storage, _penalised) = (AlignedBuffer<T>.CopyOf(fit.Weights.Span), new(length), new double[length], new double[length]);
        (_losses, _outputGradients) = (new(examples.Count), new(checked(examples.Count * fit.Model.OutputStride)));
        IsConvex = fit.Model.HasLinearOutputs
            || fit.Model.LastLayerLength > 0 && blocks != BlockSet.All && blocks == Layer.BlocksOfLast<TModel, T>(fit.Model);
        TensorPrimitives.ConvertChecked<T, double>(fit.Weights.Span, _storage);
        units?.FromWeights(_storage);
        _start = new AlignedBuffer<double>(Order);
        Gather(_storage, _start.Span);
    }

    /// <summary>The examples, their features without units.</summary>
    public ExampleSet<T> Examples { get; }

    /// <summary>Sweeps over the blocks that move.</summary>
    public SweepRunner<TModel, T> Sweeps { get; }

    /// <summary>Where the parameters that move lie in storage.</summary>
    public int[] Positions { get; }

    /// <summary>The length of points.</summary>
    public int Order { get; }

    /// <summary>Whether outputs are linear in what moves, so that the objective is convex.</summary>
    public bool IsConvex { get; }

    /// <summary>The relative rounding of the numbers that sweeps give.</summary>
    public static double Rounding { get; } = double.CreateChecked(T.BitIncrement(T.One) - T.One);

    /// <summary>Writes a direction without what bears a penalty: along that the objective rises in the end, whatever the examples are.</summary>
    public void WriteUnpenalised(ReadOnlySpan<double> direction, Span<double> free)
    {
        Scatter(direction);
        _units?.ToWeights<double>(_storage);
        foreach (ref readonly var block in Sweeps.Layout.Blocks.AsSpan())
        {
            if (!block.IsTable && _fit.PenaltyOf(block) > 0)
            {
                _storage.AsSpan(block.Offset, block.StorageLength).Clear();
            }
        }

        _units?.FromWeights(_storage);
        Gather(_storage, free);
    }

    /// <summary>The fit's own weights as a point.</summary>
    public AlignedBuffer<double> Start() => AlignedBuffer<double>.CopyOf(_start.Span);

    /// <summary>Goes to a point; what follows is about it.</summary>
    public void MoveTo(AlignedBuffer<double> point)
    {
        for (var k = 0; k < Positions.Length; k++)
        {
            _weights[Positions[k]] = T.CreateTruncating(point[k]);
        }
    }

    /// <summary>The weights that a point stands for, in the model's own coordinates.</summary>
    public AlignedBuffer<T> WeightsOf(AlignedBuffer<double> point)
    {
        var weights = AlignedBuffer<T>.CopyOf(_fit.Weights.Span);
        WriteWeights(point.Span);
        foreach (var position in Positions)
        {
            weights[position] = T.CreateTruncating(_storage[position]);
        }

        return weights;
    }

    /// <summary>The objective here: the mean of the losses, and the penalties.</summary>
    public double Value()
    {
        Sweeps.Loss(Examples, _weights, _losses);
        var sum = 0.0;
        foreach (var loss in _losses.Span)
        {
            sum += double.CreateChecked(loss);
        }

        TensorPrimitives.ConvertChecked<T, double>(_weights.Span, _storage);
        WritePenalty(_storage);
        return sum / Examples.TotalWeight + 0.5 * TensorPrimitives.Dot<double>(_storage, _penalised);
    }

    /// <summary>Writes the gradient here.</summary>
    public void WriteGradient(AlignedBuffer<double> gradient)
    {
        _sum.Span.Clear();
        Sweeps.GradientSum(Examples, _weights, null, _outputGradients, _sum);
        TensorPrimitives.ConvertChecked<T, double>(_weights.Span, _storage);
        Finish(gradient.Span, _sum.Span);
    }

    /// <summary>Writes a sum of the examples' gradients with random signs, as long as the absolute terms of their mean are: what rounding
    /// does to <see cref="WriteGradient"/> is as many times that as a number is rounded by.</summary>
    public void WriteTerms(AlignedBuffer<double> terms)
    {
        var (signs, random) = (new AlignedBuffer<T>(Examples.Count), new RandomSource(1));
        foreach (ref var sign in signs.Span)
        {
            sign = random.NextDouble() < 0.5 ? -T.One : T.One;
        }

        _sum.Span.Clear();
        Sweeps.GradientSum(Examples, _weights, signs, _outputGradients, _sum);
        Array.Clear(_storage);
        Finish(terms.Span, _sum.Span);
        TensorPrimitives.Multiply(terms.Span, Math.Sqrt(Examples.Count), terms.Span);
    }

    /// <summary>Writes a change of the point that rounds each weight, in the model's own coordinates, up or down by one unit of its last
    /// place.</summary>
    public void WriteWeightRounding(AlignedBuffer<double> point, AlignedBuffer<double> change)
    {
        var random = new RandomSource(2);
        WriteWeights(point.Span);
        foreach (ref var weight in _storage.AsSpan())
        {
            weight *= random.NextDouble() < 0.5 ? -Rounding : Rounding;
        }

        _units?.FromWeights(_storage);
        Gather(_storage, change.Span);
    }

    /// <summary>Writes H d for each of some directions, H being the second derivative here.</summary>
    public void Multiply(ReadOnlySpan<double> directions, Span<double> products)
    {
        var (count, length) = (directions.Length / Order, Sweeps.Layout.StorageLength);
        if (_directions.Length != count * length)
        {
            (_directions, _products) = (new(checked(count * length)), new(checked(count * length)));
        }

        for (var k = 0; k < count; k++)
        {
            var from = directions.Slice(k * Order, Order);
            var into = _directions.Span.Slice(k * length, length);
            for (var i = 0; i < Positions.Length; i++)
            {
                into[Positions[i]] = T.CreateTruncating(from[i]);
            }
        }

        _products.Span.Clear();
        Sweeps.HessianVectorSum(Examples, _weights, null, _directions, _products);
        for (var k = 0; k < count; k++)
        {
            Scatter(directions.Slice(k * Order, Order));
            Finish(products.Slice(k * Order, Order), _products.Span.Slice(k * length, length));
        }
    }

    /// <summary>H here, row by row, with 1 on the diagonal beyond the parameters.</summary>
    public AlignedBuffer<double> WriteHessian()
    {
        var matrix = new AlignedBuffer<double>(checked(Order * Order));
        var length = Sweeps.Layout.StorageLength;
        if (Sweeps.Model.HasLinearOutputs && !Sweeps.ReadsColumns)
        {
            var sum = new AlignedBuffer<T>(checked(length * length));
            Sweeps.HessianSum(Examples, _weights, null, sum);
            for (var row = 0; row < Positions.Length; row++)
            {
                Scatter([], row);
                Finish(matrix.Span.Slice(row * Order, Order), sum.Span.Slice(Positions[row] * length, length));
            }
        }
        else
        {
            var units = new double[Together * Order];
            for (var first = 0; first < Positions.Length; first += Together)
            {
                var count = Math.Min(Together, Positions.Length - first);
                Array.Clear(units);
                for (var k = 0; k < count; k++)
                {
                    units[k * Order + first + k] = 1;
                }

                Multiply(units.AsSpan(0, count * Order), matrix.Span.Slice(first * Order, count * Order));
            }
        }

        for (var row = 0; row < Order; row++)
        {
            for (var column = 0; column < row; column++)
            {
                var mean = (matrix[row * Order + column] + matrix[column * Order + row]) / 2;
                matrix[row * Order + column] = matrix[column * Order + row] = mean;
            }

            if (row >= Positions.Length)
            {
                matrix[row * (Order + 1)] = 1;
            }
        }

        return matrix;
    }

    /// <summary>The largest change of an output along a direction, to first order.</summary>
    public double LargestOutputChange(ReadOnlySpan<double> direction)
    {
        var vector = new AlignedBuffer<T>(_weights.Length);
        var dots = new AlignedBuffer<T>(checked(Examples.Count * Sweeps.Model.OutputStride));
        for (var k = 0; k < Positions.Length; k++)
        {
            vector[Positions[k]] = T.CreateTruncating(direction[k]);
        }

        Sweeps.OutputDot(Examples, _weights, vector, dots);
        return Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(dots.Span)));
    }

    /// <summary>gradient ← sum / n + what the penalties make of the vector in <see cref="_storage"/>.</summary>
    private void Finish(Span<double> gradient, ReadOnlySpan<T> sum)
    {
        WritePenalty(_storage);
        for (var k = 0; k < Positions.Length; k++)
        {
            gradient[k] = double.CreateChecked(sum[Positions[k]]) / Examples.TotalWeight + _penalised[Positions[k]];
        }

        gradient[Positions.Length..].Clear();
    }

    private void WritePenalty(ReadOnlySpan<double> vector)
    {
        Array.Clear(_penalised);
        var blocks = Sweeps.Layout.Blocks;
        _units?.AddPenalty(vector, _fit.PenaltyOf(blocks[0]), _units.HasBias ? _fit.PenaltyOf(blocks[1]) : 0, _penalised);
        for (var b = _units is null ? 0 : _units.HasBias ? 2 : 1; b < blocks.Length; b++)
        {
            var part = _penalised.AsSpan(blocks[b].Offset, blocks[b].StorageLength);
            TensorPrimitives.MultiplyAdd(vector.Slice(blocks[b].Offset, blocks[b].StorageLength), _fit.PenaltyOf(blocks[b]), part, part);
        }
    }

    private void WriteWeights(ReadOnlySpan<double> point)
    {
        Scatter(point);
        _units?.ToWeights<T>(_storage);
    }

    private void Scatter(ReadOnlySpan<double> vector, int unit = -1)
    {
        Array.Clear(_storage);
        if (unit >= 0)
        {
            _storage[Positions[unit]] = 1;
            return;
        }

        for (var k = 0; k < Positions.Length; k++)
        {
            _storage[Positions[k]] = vector[k];
        }
    }

    private void Gather(ReadOnlySpan<double> storage, Span<double> vector)
    {
        for (var k = 0; k < Positions.Length; k++)
        {
            vector[k] = storage[Positions[k]];
        }

        vector[Positions.Length..].Clear();
    }
}
