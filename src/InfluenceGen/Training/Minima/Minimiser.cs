using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// Newton's method in a trust region, on to rounding: each step minimises a quadratic model within a radius (<see cref="TrustedStep"/>),
/// which grows and shrinks with what the model was worth. Convex objectives start with an infinite radius, so that their steps are
/// Newton's own. Where there is no slope left, negative curvature is looked for, and followed.
/// </summary>
internal sealed class Minimiser<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Parameters up to which the second derivative is written out; elsewhere a product is a sweep.
    private const int MostWritten = 1024;
    private const int MostWrittenOfNetworks = 256;

    // Products with the second derivative that a step may take, and a verdict.
    private const int MostProducts = 1000;
    private const int MostProductsOfVerdict = 200;

    // Steps for which one preconditioner serves.
    private const int StepsServed = 4;

    private const double SufficientGain = 1e-4;
    private const int MostEscapes = 20;

    // The output of a class beyond which its probability is 1 to double precision's eye, and one where it still tells.
    private const double Saturated = 30;
    private const double Telling = 20;

    // Of the scale: a promise that rounding cannot make, so that no more need be known to say that there is no minimum.
    private const double Plenty = 1e-6;

    private readonly UnitFreeObjective<TModel, T> _objective;
    private readonly double _scale;
    private readonly int _iterations;
    private readonly Action<double>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly AlignedBuffer<double> _gradient;
    private readonly AlignedBuffer<double> _step;
    private readonly AlignedBuffer<double> _trial;
    private AlignedBuffer<double> _point;
    private CurvatureModel? _curvature;
    private Preconditioner? _preconditioner;
    private int _served;
    private double _value;
    private double _promise;
    private double _firstPromise;
    private double _told;
    private int _escapes;
    private bool _isSaddle;
    private double _smallest = double.PositiveInfinity;

    public Minimiser(UnitFreeObjective<TModel, T> objective, double scale, int iterations, Action<double>? progress,
        CancellationToken cancellation)
    {
        (_objective, _scale, _iterations, _progress, _cancellation) = (objective, scale, iterations, progress, cancellation);
        (_gradient, _step, _trial) = (new(objective.Order), new(objective.Order), new(objective.Order));
        _point = objective.Start();
    }

    /// <summary>Where it is.</summary>
    public AlignedBuffer<double> Point => _point;

    /// <summary>Goes as far as it can.</summary>
    /// <param name="names">What parameters are called, given their sizes in storage order: the largest first.</param>
    /// <exception cref="InvalidOperationException">There is no minimum.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Minimum Run(Func<double[], ImmutableArray<string>> names)
    {
        if (_objective.Sweeps.HasTables)
        {
            RowsInTurn.Run(_objective, _point, _cancellation);
        }

        if (_objective.IsConvex)
        {
            StartBetter();
        }

        Look();
        var radius = _objective.IsConvex ? double.PositiveInfinity : double.NaN;
        for (var iteration = 0; iteration < _iterations; iteration++)
        {
            _cancellation.ThrowIfCancellationRequested();
            _curvature = CurvatureHere();
            if (double.IsNaN(radius))
            {
                radius = GradientLength(_gradient);
            }

            var step = Advance(ref radius, iteration, names);
            Tell();
            if (step is null && !Escapes(ref radius))
            {
                break;
            }
        }

        return Verdict();
    }

    /// <summary>Leaves a start that is of no use: one that is higher than 0, where curvature may have vanished, and one of a classifier
    /// whose outputs are so large that neither slope nor curvature tells whether there is a minimum further back.</summary>
    private void StartBetter()
    {
        var zero = new AlignedBuffer<double>(_objective.Order);
        _objective.MoveTo(_point);
        var start = _objective.Value();
        _objective.MoveTo(zero);
        if (!(start <= _objective.Value()))
        {
            _point = zero;
        }
        else if (_objective.Sweeps.Model.HasLinearOutputs && _objective.Sweeps.Model.Labels is not (LabelDomain.Real or LabelDomain.NonNegative)
            && _objective.LargestOutputChange(_point.Span) is > Saturated and var most)
        {
            TensorPrimitives.Multiply(_point.Span, Telling / most, _point.Span);
        }
    }

    /// <summary>The verdict on the start, without going anywhere.</summary>
    public Minimum Judge()
    {
        Look();
        if (typeof(T) == typeof(double) && Slope() is var slope && slope > Plenty * _scale)
        {
            return new Minimum(_value, slope, _scale, 0, _smallest, false);
        }

        _curvature = CurvatureHere();
        var step = TrustedStep.Take(_curvature, _gradient.Span, double.PositiveInfinity, 1e-4, _step.Span, _cancellation, Plenty * _scale);
        _promise = step.Decrease;
        _smallest = step.SmallestCurvature;
        _isSaddle = step.IsAlongNegativeCurvature || !_objective.IsConvex && _promise <= Minimum.Accepted * _scale && IsSaddle(out _);
        return Verdict();
    }

    /// <summary>What the best step along the gradient promises: no more than the best step.</summary>
    private double Slope()
    {
        var product = new double[_objective.Order];
        _objective.Multiply(_gradient.Span, product);
        var (square, curvature) = (TensorPrimitives.SumOfSquares<double>(_gradient.Span), TensorPrimitives.Dot<double>(_gradient.Span, product));
        return curvature > 0 ? square * square / curvature / 2 : 0;
    }

    private void Look()
    {
        _objective.MoveTo(_point);
        _value = _objective.Value();
        _objective.WriteGradient(_gradient);
    }

    private CurvatureModel CurvatureHere() => _objective.Order <= (_objective.IsConvex ? MostWritten : MostWrittenOfNetworks)
        ? new WrittenCurvature(_objective.WriteHessian(), _objective.Order, typeof(T) == typeof(double) ? 0 : UnitFreeObjective<TModel, T>.Rounding)
        : new SweptCurvature<TModel, T>(_objective, PreconditionerHere(), _iterations > 0 ? MostProducts : MostProductsOfVerdict);

    /// <summary>A matrix near the second derivative; it serves for some steps.</summary>
    private Preconditioner PreconditionerHere()
    {
        if (_preconditioner is null || _served++ == StepsServed)
        {
            _preconditioner = _objective.Sweeps.HasTables ? RowBlocks.Of(_objective) : DiagonalPreconditioner.Of(_objective);
            _served = 1;
        }

        return _preconditioner;
    }

    /// <summary>Takes one step that gains something; null where there is none to be gained.</summary>
    private TrustedStep? Advance(ref double radius, int iteration, Func<double[], ImmutableArray<string>> names)
    {
        while (true)
        {
            _objective.MoveTo(_point);
            var step = TrustedStep.Take(_curvature!, _gradient.Span, radius, Tolerance(), _step.Span, _cancellation);
            _promise = step.Decrease;
            _firstPromise = iteration == 0 ? Math.Max(_firstPromise, step.Decrease) : _firstPromise;
            _smallest = Math.Min(_smallest, step.SmallestCurvature);
            if (!(step.Decrease > 0))
            {
                return null;
            }

            if (iteration >= 2)
            {
                Recession.Require(_objective, _point, _step.Span, _value, names);
            }

            TensorPrimitives.Add<double>(_point.Span, _step.Span, _trial.Span);
            _objective.MoveTo(_trial);
            var value = _objective.Value();
            var noise = 16 * UnitFreeObjective<TModel, T>.Rounding * (Math.Abs(_value) + UnitFreeObjective<TModel, T>.Rounding * _scale);
            var (gain, isTold) = (_value - value, step.Decrease > 100 * noise);
            var ratio = double.IsFinite(value) ? gain / step.Decrease : double.NegativeInfinity;
            if (isTold ? ratio > SufficientGain : gain > -noise && ShortensGradient())
            {
                radius = isTold && ratio < 0.25 ? step.Length / 4
                    : isTold && ratio > 0.75 && !step.IsInterior ? Math.Max(radius, 2 * step.Length) : radius;
                _trial.Span.CopyTo(_point.Span);
                _value = value;
                _objective.WriteGradient(_gradient);
                return step;
            }

            if (!isTold || step.Length <= 1e-12 * GradientLength(_gradient))
            {
                return null;
            }

            radius = step.Length / 4;
        }
    }

    /// <summary>Residual at which conjugate gradients stop: the nearer, the smaller, so that convergence is faster than linear.</summary>
    private double Tolerance() => _curvature is WrittenCurvature ? 1e-10
        : _promise > 0 && _firstPromise > 0 ? Math.Clamp(Math.Pow(_promise / _firstPromise, 0.25), 1e-4, 0.1) : 0.1;

    private bool ShortensGradient()
    {
        var gradient = new AlignedBuffer<double>(_objective.Order);
        _objective.WriteGradient(gradient);
        return GradientLength(gradient) <= 0.5 * GradientLength(_gradient);
    }

    private double GradientLength(AlignedBuffer<double> gradient)
    {
        var scaled = new double[gradient.Length];
        _curvature!.Precondition(gradient.Span, scaled);
        return Math.Sqrt(Math.Max(0, TensorPrimitives.Dot<double>(gradient.Span, scaled)));
    }

    /// <summary>Follows negative curvature from where there is no slope left.</summary>
    private bool Escapes(ref double radius)
    {
        _isSaddle = false;
        if (_objective.IsConvex || !(_isSaddle = IsSaddle(out var direction)) || _escapes++ >= MostEscapes)
        {
            return false;
        }

        for (var length = 1.0; length > 1e-6; length /= 4)
        {
            foreach (var sign in (ReadOnlySpan<double>)[length, -length])
            {
                TensorPrimitives.MultiplyAdd(direction, sign, _point.Span, _trial.Span);
                _objective.MoveTo(_trial);
                if (_objective.Value() < _value)
                {
                    _trial.Span.CopyTo(_point.Span);
                    Look();
                    (radius, _isSaddle) = (double.NaN, false);
                    return true;
                }
            }
        }

        // What goes down nowhere along it is curvature that rounding made, or a rotation's.
        _isSaddle = false;
        return false;
    }

    /// <summary>Whether there is negative curvature beyond rounding: conjugate gradients from a random start find it, as Lanczos' method
    /// does whose coefficients they are.</summary>
    private bool IsSaddle(out double[] direction)
    {
        direction = new double[_objective.Order];
        if (_curvature is WrittenCurvature { IsSemidefinite: true })
        {
            return false;
        }

        var (random, start) = (new RandomSource(4), new double[_objective.Order]);
        for (var k = 0; k < _objective.Positions.Length; k++)
        {
            start[k] = random.NextGaussian();
        }

        // So that M⁻¹ of it is as long in M's norm whatever M is.
        _objective.MoveTo(_point);
        _curvature!.Multiply(start, direction);
        direction.CopyTo(start, 0);
        var step = TrustedStep.Take(_curvature!, start, double.PositiveInfinity, 1e-6, direction, _cancellation);
        _smallest = Math.Min(_smallest, step.SmallestCurvature);
        if (step.IsAlongNegativeCurvature)
        {
            TensorPrimitives.Divide(direction, step.Length, direction);
        }

        return step.IsAlongNegativeCurvature;
    }

    private Minimum Verdict()
    {
        var rounding = _promise <= Minimum.Accepted * _scale ? 0 : PromiseOfRounding();
        return new Minimum(_value, _promise, _scale, rounding, _smallest, _isSaddle);
    }

    /// <summary>What a point that is a minimum but for rounding would promise: of each weight to its last place, and of each term of the
    /// gradient; sixteen times that of one draw of signs.</summary>
    private double PromiseOfRounding()
    {
        var (change, terms) = (new AlignedBuffer<double>(_objective.Order), new AlignedBuffer<double>(_objective.Order));
        var product = new double[_objective.Order];
        _objective.MoveTo(_point);
        _objective.WriteWeightRounding(_point, change);
        _curvature!.Multiply(change.Span, product);
        _objective.WriteGradient(terms);
        _objective.WriteTerms(terms);
        TensorPrimitives.Multiply(terms.Span, UnitFreeObjective<TModel, T>.Rounding, terms.Span);
        var ofTerms = TrustedStep.Take(_curvature!, terms.Span, double.PositiveInfinity, 0.1, _step.Span, _cancellation);
        return 16 * (Math.Abs(TensorPrimitives.Dot<double>(change.Span, product)) / 2 + ofTerms.Decrease);
    }

    private void Tell()
    {
        if (_progress is null)
        {
            return;
        }

        var goal = Minimum.Accepted * _scale;
        var share = _promise <= goal || !(_firstPromise > goal) ? 1 : Math.Log(_firstPromise / _promise) / Math.Log(_firstPromise / goal);
        _told = Math.Clamp(share, _told, 1);
        _progress(_told);
    }
}
