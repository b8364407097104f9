using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// What a singular Hessian leaves open, in words, and which gradients depend on it: those for which v · z is not 0 along every direction z
/// that the Hessian sends to 0, up to rounding. Scores of the others are those of the pseudo-inverse.
/// </summary>
internal sealed class Undetermined<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostNamed = 4;

    // Of lengths in which each parameter has curvature 1: training examples decide directions to the root of their rounding.
    private const double Relative = 1e-6;

    // In units of rounding: of the gradient's own elements, and of a typical training gradient's.
    private const double UnitsOfSize = 64;
    private const double UnitsOfTypical = 1024;

    private static readonly double _rounding = double.CreateChecked(T.BitIncrement(T.One) - T.One);

    private readonly HessianFactor<TModel, T> _factor;
    private readonly CentredCoordinates _coordinates;
    private readonly double[] _scales;
    private readonly Direction[] _directions;
    private readonly List<Reason> _reasons = [];
    private readonly string? _rest;
    private double[]? _typical;

    /// <param name="factor">Of a Hessian that is singular and not negative anywhere.</param>
    public Undetermined(HessianFactor<TModel, T> factor)
    {
        (_factor, _coordinates) = (factor, factor.Coordinates!);
        _scales = new double[_coordinates.Count];
        factor.Reduced!.WriteScales(_scales);
        _directions = [.. factor.Reduced.NullSpace.Select(Made)];
        var explained = Task.Sweeps.HasTables ? ExplainEmbeddings() : factor.Layer is { } layer ? ExplainInputs(layer) : 0;
        var missing = factor.Parameters - factor.Rank;
        if (explained < missing)
        {
            string[] names = [.. _directions.SelectMany(direction => NamesOf(direction)).Distinct()];
            _rest = string.Create(CultureInfo.InvariantCulture,
                $"{(explained == 0 ? "" : $"{missing - explained} further directions of ")}{Listed(names)} change no training output");
        }
    }

    /// <summary>What is not determined.</summary>
    public ImmutableArray<string> Notes
    {
        get
        {
            string[] words = [.. Words(_reasons), .. _rest is null ? [] : new[] { _rest }];
            return [string.Create(CultureInfo.InvariantCulture,
                $"The training set does not determine {_factor.Parameters - _factor.Rank} of {_factor.Parameters} directions of the parameters: {string.Join("; ", words)}. The scores do not depend on them and are those of the pseudo-inverse.")];
        }
    }

    private InfluenceTask<TModel, T> Task => _factor.Hessian.Task;

    /// <summary>Refuses gradients that depend on what is not determined.</summary>
    /// <param name="vectors">The gradients, in storage order one behind the other.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="InvalidOperationException">One of them does.</exception>
    public void RequireInRange(ReadOnlySpan<double> vectors, int count)
    {
        _typical ??= Typical();
        var length = _factor.Hessian.Layout.StorageLength;
        for (var i = 0; i < count; i++)
        {
            var gradient = Entered(vectors.Slice(i * length, length));
            foreach (var direction in _directions)
            {
                if (DependsOn(gradient, direction))
                {
                    Reason[] reasons = [.. _reasons.Where(reason => reason.Directions.Any(free => DependsOn(gradient, free)))];
                    throw new InvalidOperationException(
                        $"The loss asked about depends on what the training set does not determine: {(reasons.Length > 0 ? string.Join("; ", Words(reasons)) : $"{Listed([.. NamesOf(direction)])} can change without a change of any training output")}. No training example has a finite influence on it: leave such examples out, or give what is free a minimum with a penalty (L2) or damping (Damping).");
                }
            }
        }
    }

    /// <summary>Rows without ratings, and the symmetries of a factorization.</summary>
    /// <returns>How many directions that explains.</returns>
    private int ExplainEmbeddings()
    {
        var explained = 0;
        for (var column = 0; column < Task.Training.TableCount; column++)
        {
            var rated = new bool[Task.Training.RowCount(column)];
            foreach (var row in Task.Training.Index(column))
            {
                rated[row] = true;
            }

            foreach (var row in Enumerable.Range(0, rated.Length).Where(row => !rated[row]))
            {
                Direction[] free = [.. Task.Layout.Blocks.Where(block => block.RowIndex == column).SelectMany(block => FreeIn(block, row))];
                if (free.Length > 0)
                {
                    _reasons.Add(new(ParameterNames.OfRow(Task.Training, column, row), "has no training ratings", "have no training ratings", free));
                    explained += free.Length;
                }
            }
        }

        foreach (var kind in _factor.Symmetries.GroupBy(symmetry => symmetry.Words))
        {
            _reasons.Add(new("", kind.Key, "", [.. kind.Select(symmetry => Made(symmetry.Direction))]));
        }

        return explained + _factor.Symmetries.Length;
    }

    /// <summary>The parameters of a table's row that nothing bends, each a direction.</summary>
    private IEnumerable<Direction> FreeIn(ParameterBlock table, int row)
    {
        var start = table.Offset + row * table.Stride;
        return Enumerable.Range(0, _coordinates.Count)
            .Where(k => _scales[k] == 0 && _coordinates.Rows[k] >= start && _coordinates.Rows[k] < start + table.Columns)
            .Select(k => Made(Along((k, 1))));
    }

    /// <summary>Columns that depend on others, and what all classes share.</summary>
    /// <returns>How many directions that explains.</returns>
    private int ExplainInputs(CentredHessian<TModel, T> layer)
    {
        var isFirst = Task.Sweeps.Model.HasLinearOutputs;
        var dependencies = layer.Dependencies(input => isFirst
            ? Task.Training.NameOfFeature(input)
            : string.Create(CultureInfo.InvariantCulture, $"unit {input} of the last hidden layer"));
        var (outputs, first) = (Task.Sweeps.Model.Outputs, _coordinates.First);
        var inputs = (_coordinates.Count - first) / outputs;
        foreach (var (coefficients, words) in dependencies)
        {
            Direction[] free = [.. Enumerable.Range(0, outputs).Select(output =>
                Made(Along([.. coefficients.Select((c, k) => (first + output * inputs + k, c))])))];
            _reasons.Add(new("", words, "", free));
        }

        var explained = outputs * dependencies.Count;
        if (!layer.IsSharedByOutputs())
        {
            return explained;
        }

        var shared = new List<Direction>();
        for (var k = first > 0 ? -1 : 0; k < inputs; k++)
        {
            shared.Add(Made(Along([.. Enumerable.Range(0, outputs).Select(output => (k < 0 ? output : first + output * inputs + k, 1.0))])));
        }

        _reasons.Add(new("", $"what the weights{(first > 0 ? " and the bias" : "")} of all classes have in common", "", [.. shared]));
        return explained + shared.Count - dependencies.Count;
    }

    private bool DependsOn((double[] Elements, double[] Sizes, double Length) gradient, Direction direction) =>
        Math.Abs(TensorPrimitives.Dot<double>(gradient.Elements, direction.Elements))
            > _rounding * TensorPrimitives.Dot<double>(gradient.Sizes, direction.Magnitudes)
                + Math.Max(Relative, UnitsOfSize * _rounding) * gradient.Length * direction.Length;

    /// <summary>A gradient in the factor's coordinates, what its elements are computed to, and its length.</summary>
    private (double[] Elements, double[] Sizes, double Length) Entered(ReadOnlySpan<double> gradient)
    {
        var (elements, sizes, length) = (new double[_coordinates.Count], new double[_coordinates.Count], 0.0);
        _coordinates.Enter(gradient, elements);
        for (var k = 0; k < elements.Length; k++)
        {
            var own = _coordinates.Rows[k];
            sizes[k] = UnitsOfSize * Math.Abs(gradient[own]) + UnitsOfTypical * _typical![own];
            if (_coordinates.BiasOf[k] >= 0)
            {
                var bias = _coordinates.Rows[_coordinates.BiasOf[k]];
                sizes[k] += Math.Abs(_coordinates.Means[k]) * (UnitsOfSize * Math.Abs(gradient[bias]) + UnitsOfTypical * _typical[bias]);
            }

            var relative = _scales[k] > 0 ? elements[k] / _scales[k] : 0;
            length += relative * relative;
        }

        return (elements, sizes, Math.Sqrt(length));
    }

    /// <summary>The root of the mean square of each element of the training gradients.</summary>
    private double[] Typical()
    {
        var (training, length) = (Task.Training, Task.Layout.StorageLength);
        var squares = new double[length];
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / length, 1, training.Count);
        var (rows, wide) = (new AlignedBuffer<T>(checked(block * length)), new double[length]);
        for (var first = 0; first < training.Count; first += block)
        {
            var part = InfluenceTask<TModel, T>.Part(training, first, Math.Min(first + block, training.Count));
            Task.WriteGradients(part, rows);
            for (var i = 0; i < part.Count; i++)
            {
                TensorPrimitives.ConvertChecked<T, double>(rows.Span.Slice(i * length, length), wide);
                TensorPrimitives.MultiplyAdd(wide, wide, squares, squares);
            }
        }

        TensorPrimitives.Divide(squares, training.Count, squares);
        TensorPrimitives.Sqrt(squares, squares);
        return squares;
    }

    private Direction Made(double[] elements)
    {
        var (magnitudes, length) = (new double[elements.Length], 0.0);
        for (var k = 0; k < elements.Length; k++)
        {
            magnitudes[k] = Math.Abs(elements[k]);
            length += elements[k] * _scales[k] * (elements[k] * _scales[k]);
        }

        return new(elements, magnitudes, Math.Sqrt(length));
    }

    private double[] Along(params ReadOnlySpan<(int Parameter, double Element)> elements)
    {
        var direction = new double[_coordinates.Count];
        foreach (var (parameter, element) in elements)
        {
            direction[parameter] = element;
        }

        return direction;
    }

    private ImmutableArray<string> NamesOf(Direction direction) => ParameterNames.Largest(Task.Sweeps.Model, Task.Training, _factor.Sizes(direction.Elements));

    /// <summary>Reasons of one kind in one clause.</summary>
    private static IEnumerable<string> Words(IEnumerable<Reason> reasons) => reasons.GroupBy(reason => (reason.OfOne, reason.OfSeveral)).Select(kind =>
        kind.Key.OfSeveral.Length == 0 ? kind.Key.OfOne
        : kind.Count() == 1 ? $"{kind.First().Subject} {kind.Key.OfOne}"
        : $"{Listed([.. kind.Select(reason => reason.Subject)])} {kind.Key.OfSeveral}");

    private static string Listed(string[] names) => names.Length > MostNamed
        ? string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names[..MostNamed])} and {names.Length - MostNamed} others")
        : names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    /// <summary>A direction that the Hessian sends to 0.</summary>
    /// <param name="Elements">In the factor's coordinates.</param>
    /// <param name="Magnitudes">Of the elements.</param>
    /// <param name="Length">Its length where each parameter by itself has curvature 1.</param>
    private readonly record struct Direction(double[] Elements, double[] Magnitudes, double Length);

    /// <summary>Why directions are free.</summary>
    /// <param name="Subject">Whose they are, where that is to be listed.</param>
    /// <param name="OfOne">What is to be said of it, or all that is to be said.</param>
    /// <param name="OfSeveral">The same of more than one.</param>
    /// <param name="Directions">The directions.</param>
    private sealed record Reason(string Subject, string OfOne, string OfSeveral, Direction[] Directions);
}
