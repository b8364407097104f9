using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Models;

/// <summary>A model with examples and a point in parameter space, its sweeps run over the whole set, in whatever precision the model has.</summary>
public abstract class SweepProbe(ExampleSet<double> examples, ParameterLayout layout)
{
    public ExampleSet<double> Examples { get; } = examples;

    public ParameterLayout Layout { get; } = layout;

    public AlignedBuffer<double> Weights { get; protected init; } = new(layout.StorageLength);

    public AlignedBuffer<double> Coefficients { get; } = Numbers(examples.Count, 3);

    public abstract int Outputs { get; }

    public abstract int OutputStride { get; }

    public abstract bool HasLinearOutputs { get; }

    public abstract bool OwnsRows { get; }

    public abstract int LastLayerLength { get; }

    /// <summary>Makes one with other threads, or room for partial sums, or blocks.</summary>
    public abstract SweepProbe With(int threads = 1, long? partialBudget = null, BlockSet blocks = default);

    public abstract double[] Predict();

    public abstract double[] Loss();

    public abstract double[] OutputGradient();

    public abstract double[] OutputHessian();

    public abstract double[] LastLayerFeatures();

    public abstract double[] OutputDot(AlignedBuffer<double> directions);

    public abstract double[] OutputAdjointSum(AlignedBuffer<double> cotangents);

    public abstract double[] GradientDot(AlignedBuffer<double> directions);

    public abstract double[] GradientSquaredNorm();

    public abstract double[] GradientGram();

    /// <summary>g_i, each over the whole of storage.</summary>
    public abstract double[][] Gradients();

    public abstract double[] GradientSum(AlignedBuffer<double>? coefficients);

    /// <summary>Σ c_i g_i and the flows, read at once.</summary>
    public abstract (double[] Sum, double[] Flows) GradientSumWithFlow(AlignedBuffer<double>? coefficients, AlignedBuffer<double> direction);

    public abstract double[] Flow(AlignedBuffer<double>? coefficients, AlignedBuffer<double> direction);

    public abstract double[] HessianVectorSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> directions);

    public abstract double[] GaussNewtonVectorSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> directions);

    public abstract double[] HessianSum(AlignedBuffer<double>? coefficients);

    public abstract double[] HessianDot(AlignedBuffer<double> left, AlignedBuffer<double> right);

    public abstract double[] ThirdDerivativeSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> left,
        AlignedBuffer<double> right);

    /// <summary>Random directions, one behind the other.</summary>
    public AlignedBuffer<double> Directions(int seed, int count = 1)
    {
        var random = new RandomSource(seed);
        var directions = new AlignedBuffer<double>(count * Layout.StorageLength);
        for (var k = 0; k < count; k++)
        {
            Layout.Unpack<double>([.. Enumerable.Range(0, Layout.Count).Select(_ => random.NextGaussian())],
                directions.Span.Slice(k * Layout.StorageLength, Layout.StorageLength));
        }

        return directions;
    }

    /// <summary>A vector of storage, from θ's.</summary>
    public AlignedBuffer<double> Stored(ReadOnlySpan<double> theta)
    {
        var storage = new AlignedBuffer<double>(Layout.StorageLength);
        Layout.Unpack(theta, storage.Span);
        return storage;
    }

    /// <summary>θ's, of a vector of storage.</summary>
    public double[] Packed(ReadOnlySpan<double> storage)
    {
        var theta = new double[Layout.Count];
        Layout.Pack(storage, theta);
        return theta;
    }

    public static AlignedBuffer<double> Numbers(int count, int seed)
    {
        var random = new RandomSource(seed);
        return AlignedBuffer<double>.CopyOf([.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())]);
    }

    public static SweepProbe Of<TModel>(TModel model, ExampleSet<double> examples, double scale = 0.5)
        where TModel : struct, IModel<double> => new Typed<TModel, double>(model, examples, examples, scale);

    /// <summary>Of a model of another precision: the examples as it reads them, and the same in double.</summary>
    public static SweepProbe InPrecision<TModel, T>(TModel model, ExampleSet<T> examples, ExampleSet<double> same, double scale = 0.5)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new Typed<TModel, T>(model, examples, same, scale);

    private sealed class Typed<TModel, T> : SweepProbe
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly TModel _model;
        private readonly ExampleSet<T> _examples;
        private readonly SweepRunner<TModel, T> _sweeps;

        public Typed(TModel model, ExampleSet<T> examples, ExampleSet<double> same, double scale) : base(same, model.Layout)
        {
            (_model, _examples) = (model, examples);
            _sweeps = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
            var random = new RandomSource(17);
            Layout.Unpack<double>([.. Enumerable.Range(0, Layout.Count).Select(_ => Rounded(scale * random.NextGaussian()))], Weights.Span);
        }

        private Typed(Typed<TModel, T> other, SweepRunner<TModel, T> sweeps) : base(other.Examples, other.Layout)
        {
            (_model, _examples, _sweeps, Weights) = (other._model, other._examples, sweeps, other.Weights);
        }

        public override int Outputs => _model.Outputs;

        public override int OutputStride => _model.OutputStride;

        public override bool HasLinearOutputs => _model.HasLinearOutputs;

        public override bool OwnsRows => _model.OwnsRows;

        public override int LastLayerLength => _model.LastLayerLength;

        /// <summary>The weights as they are now: tests move them.</summary>
        private AlignedBuffer<T> Current => Converted(Weights);

        private int Line => 64 / Unsafe.SizeOf<T>();

        public override SweepProbe With(int threads, long? partialBudget, BlockSet blocks)
        {
            var team = new WorkerTeam(threads);
            return new Typed<TModel, T>(this, partialBudget is { } budget
                ? new SweepRunner<TModel, T>(_model, team) { PartialBudget = budget, Blocks = blocks }
                : new SweepRunner<TModel, T>(_model, team) { Blocks = blocks });
        }

        public override double[] Predict() => To(Examples.Count * OutputStride, to => _sweeps.Predict(_examples, Current, to));

        public override double[] Loss() => To(Examples.Count, to => _sweeps.Loss(_examples, Current, to));

        public override double[] OutputGradient() =>
            To(Examples.Count * OutputStride, to => _sweeps.OutputGradient(_examples, Current, to));

        public override double[] OutputHessian() =>
            To(Examples.Count * Outputs * OutputStride, to => _sweeps.OutputHessian(_examples, Current, to));

        public override double[] LastLayerFeatures() => To(Examples.Count * ParameterLayout.RoundUp(LastLayerLength, Line),
            to => _sweeps.LastLayerFeatures(_examples, Current, to));

        public override double[] OutputDot(AlignedBuffer<double> directions) =>
            To(directions.Length / Layout.StorageLength * Examples.Count * OutputStride,
                to => _sweeps.OutputDot(_examples, Current, Converted(directions), to));

        public override double[] OutputAdjointSum(AlignedBuffer<double> cotangents) =>
            To(Layout.StorageLength, to => _sweeps.OutputAdjointSum(_examples, Current, Converted(cotangents), to));

        public override double[] GradientDot(AlignedBuffer<double> directions) =>
            To(directions.Length / Layout.StorageLength * Examples.Count,
                to => _sweeps.GradientDot(_examples, Current, Converted(directions), to));

        public override double[] GradientSquaredNorm() =>
            To(Examples.Count, to => _sweeps.GradientSquaredNorm(_examples, Current, to));

        public override double[] GradientGram()
        {
            var r = R();
            return To(Examples.Count * Examples.Count, to => _sweeps.GradientGram(_examples, _examples, Current, r, r, to));
        }

        public override double[][] Gradients()
        {
            var packed = To(Examples.Count * _model.GradientRowLength, to => _sweeps.Gradients(_examples, Current, to));
            var gradients = new double[Examples.Count][];
            for (var i = 0; i < gradients.Length; i++)
            {
                gradients[i] = new double[Layout.StorageLength];
                var next = i * _model.GradientRowLength;
                foreach (var block in Layout.Blocks)
                {
                    var (row, length) = block.RowIndex < 0
                        ? (0, block.StorageLength)
                        : (Examples.Index(block.RowIndex)[i], block.Stride);
                    packed.AsSpan(next, length).CopyTo(gradients[i].AsSpan(block.Offset + row * block.Stride));
                    next += ParameterLayout.RoundUp(length, Line);
                }
            }

            return gradients;
        }

        public override double[] GradientSum(AlignedBuffer<double>? coefficients)
        {
            var r = new AlignedBuffer<T>(Examples.Count * OutputStride);
            return To(Layout.StorageLength, to => _sweeps.GradientSum(_examples, Current, Given(coefficients), r, to));
        }

        public override (double[] Sum, double[] Flows) GradientSumWithFlow(AlignedBuffer<double>? coefficients, AlignedBuffer<double> direction)
        {
            var r = new AlignedBuffer<T>(Examples.Count * OutputStride);
            var sum = new AlignedBuffer<T>(Layout.StorageLength);
            var flows = To(_sweeps.FlowLength(_examples),
                to => _sweeps.GradientSumWithFlow(_examples, Current, Given(coefficients), Converted(direction), r, sum, to));
            return ([.. sum.Span.ToArray().Select(double.CreateChecked)], flows);
        }

        public override double[] Flow(AlignedBuffer<double>? coefficients, AlignedBuffer<double> direction)
        {
            var r = R();
            return To(_sweeps.FlowLength(_examples), to => _sweeps.Flow(_examples, Current, Given(coefficients), Converted(direction), r, to));
        }

        public override double[] HessianVectorSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> directions) =>
            To(directions.Length, to => _sweeps.HessianVectorSum(_examples, Current, Given(coefficients), Converted(directions), to));

        public override double[] GaussNewtonVectorSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> directions) =>
            To(directions.Length, to => _sweeps.GaussNewtonVectorSum(_examples, Current, Given(coefficients), Converted(directions), to));

        public override double[] HessianSum(AlignedBuffer<double>? coefficients) =>
            To(Layout.StorageLength * Layout.StorageLength, to => _sweeps.HessianSum(_examples, Current, Given(coefficients), to));

        public override double[] HessianDot(AlignedBuffer<double> left, AlignedBuffer<double> right) =>
            To(Examples.Count, to => _sweeps.HessianDot(_examples, Current, Converted(left), Converted(right), to));

        public override double[] ThirdDerivativeSum(AlignedBuffer<double>? coefficients, AlignedBuffer<double> left,
            AlignedBuffer<double> right) =>
            To(Layout.StorageLength, to => _sweeps.ThirdDerivativeSum(_examples, Current, Given(coefficients), Converted(left), Converted(right), to));

        /// <summary>Runs a sweep twice into the same memory: the second run must find nothing of the first, and neither what another
        /// sweep left in the memory that kernels work in.</summary>
        private static double[] To(int length, Action<AlignedBuffer<T>> sweep)
        {
            var buffer = new AlignedBuffer<T>(length);
            Spoil();
            sweep(buffer);
            Spoil();
            sweep(buffer);
            return [.. buffer.Span.ToArray().Select(double.CreateChecked)];
        }

        private AlignedBuffer<T> R()
        {
            var r = new AlignedBuffer<T>(Examples.Count * OutputStride);
            _sweeps.OutputGradient(_examples, Current, r);
            return r;
        }

        private static double Rounded(double value) => double.CreateChecked(T.CreateChecked(value));

        private static AlignedBuffer<T>? Given(AlignedBuffer<double>? numbers) => numbers is null ? null : Converted(numbers);

        private static AlignedBuffer<T> Converted(AlignedBuffer<double> numbers) =>
            AlignedBuffer<T>.CopyOf([.. numbers.Span.ToArray().Select(T.CreateChecked)]);

        private static void Spoil()
        {
            Scratch<T>.OfThread().Span(1 << 17).Fill(T.NaN);
            Workspace<T>.OfThread(1 << 14).Fill(T.NaN);
            Workspace<T>.OfProducts(1 << 14).Fill(T.NaN);
        }
    }
}
