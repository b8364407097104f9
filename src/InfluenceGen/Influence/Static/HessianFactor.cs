using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// H written out and factored, in double precision whatever the model's: its rank, the directions that it sends to 0, products with its
/// pseudo-inverse, or a direction of negative curvature. No unit of a feature matters to any of these.
/// </summary>
/// <remarks>
/// The blocked Cholesky factor of H as it stands, where more than 1e-6 is left of every diagonal element (single precision: 1e-3). Otherwise
/// H is written again, where outputs are linear in the parameters with features counted from their means (<see cref="CentredHessian{TModel, T}"/>),
/// and <see cref="SemidefiniteFactor"/> decides. A factorization's symmetries are taken out before (<see cref="EmbeddingSymmetry"/>).
/// </remarks>
internal sealed class HessianFactor<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LeastPivot = 1e-6;

    // In units of rounding.
    private const double LeastPivotInRounding = 1 << 13;
    private const double SumRounding = 16;

    // Of a direction, below which what others leave of it is rounding.
    private const double Dependent = 1e-8;

    private static readonly double _rounding = double.CreateChecked(T.BitIncrement(T.One) - T.One);

    private readonly ObjectiveHessian<TModel, T> _hessian;
    private readonly Numerics.Cholesky? _definite;
    private readonly double[][] _directions = [];
    private readonly double[,] _triangle = new double[0, 0];

    /// <exception cref="InvalidOperationException">The model has too many parameters to write H out.</exception>
    public HessianFactor(ObjectiveHessian<TModel, T> hessian)
    {
        _hessian = hessian;
        var rows = ActiveRows();
        Parameters = Rank = rows.Length;
        _definite = Numerics.Cholesky.Factor(hessian.Write(), Length, Math.Max(LeastPivot, LeastPivotInRounding * _rounding));
        if (_definite is not null)
        {
            return;
        }

        AlignedBuffer<double> matrix;
        int stride;
        double[] rounding;
        if (CentredLayer() is { } centred)
        {
            Layer = centred;
            (matrix, stride, rounding, Coordinates) = (centred.Matrix, centred.Stride, centred.Rounding, centred.Coordinates);
        }
        else
        {
            Coordinates = CentredCoordinates.Plain(rows);
            (matrix, stride) = (Written(rows), Workspace<double>.Stride(rows.Length));
            rounding = new double[rows.Length];
            Array.Fill(rounding, typeof(T) == typeof(double) ? 0 : SumRounding * _rounding);
            Symmetries = EmbeddingSymmetry.Of(hessian, rows);
            EmbeddingSymmetry.TakeOut([.. Symmetries.Select(symmetry => symmetry.Direction)], matrix.Span, stride);
        }

        Reduced = new SemidefiniteFactor(matrix.Span, stride, Coordinates.Count, Coordinates.First, rounding);
        Rank = Reduced.Rank;
        if (Reduced.NegativeDirection is { } negative)
        {
            NegativeDirection = Stored(negative);
        }

        _directions = [.. Reduced.NullSpace.Select(Stored)];
        (NullSpace, _triangle) = Orthonormal(_directions);
    }

    /// <summary>H as it is multiplied.</summary>
    public ObjectiveHessian<TModel, T> Hessian => _hessian;

    /// <summary>How many parameters are differentiated.</summary>
    public int Parameters { get; }

    /// <summary>In how many directions H is not 0.</summary>
    public int Rank { get; }

    /// <summary>Whether it is positive in all of them and 0 in none.</summary>
    public bool IsDefinite => Rank == Parameters && NegativeDirection is null;

    /// <summary>An orthonormal basis of the directions that H sends to 0, each in storage order.</summary>
    public double[][] NullSpace { get; } = [];

    /// <summary>What <see cref="Reduced"/> is a factor in; null where H is factored as it stands.</summary>
    public CentredCoordinates? Coordinates { get; }

    /// <summary>The factor that knows of directions which H sends to 0; null where H is factored as it stands.</summary>
    public SemidefiniteFactor? Reduced { get; }

    /// <summary>Directions of <see cref="Coordinates"/> that the model's form leaves free whatever the data, and what they are.</summary>
    public (string Words, double[] Direction)[] Symmetries { get; } = [];

    /// <summary>Where it was taken from, where that is the layer that makes the outputs.</summary>
    public CentredHessian<TModel, T>? Layer { get; }

    /// <summary>A direction of negative curvature beyond rounding, in storage order; null where there is none. Where there is one, solves mean
    /// nothing.</summary>
    public double[]? NegativeDirection { get; }

    /// <summary>The curvature along it, where each parameter alone would have curvature 1 or −1; 0 where there is no such direction.</summary>
    public double NegativeCurvature => Reduced?.NegativeCurvature ?? 0;

    private int Length => _hessian.Layout.StorageLength;

    /// <summary>Replaces each of some vectors v, in storage order, by H⁺ v: the shortest x with H x = v, or, where there is none, with H x as near
    /// to v as can be in the directions that H does not send to 0.</summary>
    public void Solve(Span<double> vectors, int count)
    {
        if (_definite is not null)
        {
            _definite.Solve(vectors, count);
            return;
        }

        var (factor, coordinates) = (Reduced!, Coordinates!);
        var reduced = new double[checked(count * coordinates.Count)];
        for (var i = 0; i < count; i++)
        {
            coordinates.Enter(vectors.Slice(i * Length, Length), reduced.AsSpan(i * coordinates.Count, coordinates.Count));
        }

        factor.Solve(reduced, count);
        for (var i = 0; i < count; i++)
        {
            var x = vectors.Slice(i * Length, Length);
            coordinates.Leave(reduced.AsSpan(i * coordinates.Count, coordinates.Count), x);
            Shorten(x);
        }
    }

    /// <summary>x minus what of it H sends to 0, which changes no H x: the coefficients of the directions themselves are subtracted, so that
    /// whatever rounding does to the coefficients, H x stays.</summary>
    private void Shorten(Span<double> x)
    {
        var coefficients = new double[_directions.Length];
        for (var i = 0; i < coefficients.Length; i++)
        {
            coefficients[i] = TensorPrimitives.Dot<double>(NullSpace[i], x);
        }

        for (var i = coefficients.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < coefficients.Length; k++)
            {
                coefficients[i] -= _triangle[i, k] * coefficients[k];
            }

            coefficients[i] = _triangle[i, i] == 0 ? 0 : coefficients[i] / _triangle[i, i];
            TensorPrimitives.MultiplyAdd(_directions[i], -coefficients[i], x, x);
        }
    }

    /// <summary>Q and R of the directions, by Gram and Schmidt twice; a direction that is nearly one of the others' span has a 0 on R's
    /// diagonal, and 0 for its vector.</summary>
    private static (double[][] Basis, double[,] Triangle) Orthonormal(double[][] directions)
    {
        var (basis, triangle) = (new double[directions.Length][], new double[directions.Length, directions.Length]);
        for (var i = 0; i < basis.Length; i++)
        {
            var vector = basis[i] = (double[])directions[i].Clone();
            var length = TensorPrimitives.Norm<double>(vector);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < i; k++)
                {
                    var dot = TensorPrimitives.Dot<double>(basis[k], vector);
                    triangle[k, i] += dot;
                    TensorPrimitives.MultiplyAdd(basis[k], -dot, vector, vector);
                }
            }

            var left = TensorPrimitives.Norm<double>(vector);
            triangle[i, i] = left > Dependent * length ? left : 0;
            TensorPrimitives.Multiply(vector, triangle[i, i] == 0 ? 0 : 1 / left, vector);
        }

        return (basis, triangle);
    }

    /// <summary>How much each element of storage takes part in a direction of <see cref="Coordinates"/>, without units: its length where each
    /// parameter by itself has curvature 1.</summary>
    public double[] Sizes(ReadOnlySpan<double> direction)
    {
        var (sizes, scales) = (new double[Length], new double[direction.Length]);
        Reduced!.WriteScales(scales);
        for (var k = 0; k < direction.Length; k++)
        {
            sizes[Coordinates!.Rows[k]] = Math.Abs(direction[k]) * (scales[k] > 0 ? scales[k] : 1);
        }

        return sizes;
    }

    private double[] Stored(double[] direction)
    {
        var stored = new double[Length];
        Coordinates!.Leave(direction, stored);
        return stored;
    }

    private int[] ActiveRows()
    {
        var rows = new List<int>(_hessian.Layout.Count);
        for (var b = 0; b < _hessian.Layout.Blocks.Length; b++)
        {
            var block = _hessian.Layout.Blocks[b];
            for (var k = 0; k < block.Count && _hessian.Task.Sweeps.Blocks.Contains(b); k++)
            {
                rows.Add(block.Offset + k / block.Columns * block.Stride + k % block.Columns);
            }
        }

        return [.. rows];
    }

    /// <summary>The Hessian of the layer that makes the outputs, where nothing else is differentiated.</summary>
    private CentredHessian<TModel, T>? CentredLayer()
    {
        var (model, layout) = (_hessian.Task.Sweeps.Model, _hessian.Layout);
        var layers = Models.Layer.Of<TModel, T>(model);
        if (layers.IsEmpty || model.LastLayerLength == 0)
        {
            return null;
        }

        var last = layers[^1];
        var weights = last.Bias is null ? layout.Blocks.Length - 1 : layout.Blocks.Length - 2;
        for (var b = 0; b < layout.Blocks.Length; b++)
        {
            // Weights and whatever biases are differentiated, and nothing before them.
            if (b == weights && !model.Blocks.Contains(b) || b < weights && model.Blocks.Contains(b))
            {
                return null;
            }
        }

        return new(_hessian, last.Weights, model.Blocks.Contains(layout.Blocks.Length - 1) ? last.Bias : null);
    }

    private AlignedBuffer<double> Written(int[] rows)
    {
        var (whole, stride) = (_hessian.Write(), Workspace<double>.Stride(rows.Length));
        var matrix = new AlignedBuffer<double>(checked(rows.Length * stride));
        for (var i = 0; i < rows.Length; i++)
        {
            for (var k = 0; k < rows.Length; k++)
            {
                matrix[i * stride + k] = whole[rows[i] * Length + rows[k]];
            }
        }

        return matrix;
    }
}
