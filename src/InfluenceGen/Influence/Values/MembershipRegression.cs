using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Regression of utilities on who is a member, where members count 1/p and others −1/(1 − p), divided by √w.</summary>
internal sealed class MembershipRegression
{
    // Sweeps of coordinate descent, and the change of a coefficient that counts for none, as a share of the utility's deviation.
    private const int MostSweeps = 100_000;
    private const double Settled = 1e-13;

    private readonly int _count;
    private readonly int _players;
    private readonly int _utilities;
    private readonly int _stride;
    private readonly double _scale;
    private readonly double[] _observed;
    private readonly AlignedBuffer<double> _design;
    private readonly AlignedBuffer<double> _gram;
    private readonly AlignedBuffer<double> _products;

    /// <summary>Takes in what was observed.</summary>
    /// <param name="coalitions">M of them.</param>
    /// <param name="inclusion">p, of coalition j number j modulo as many.</param>
    /// <param name="observed">A row for each coalition; centred here.</param>
    /// <param name="utilities">Numbers of a row.</param>
    public MembershipRegression(Coalitions coalitions, double[] inclusion, double[] observed, int utilities)
    {
        (_count, _players, _utilities, _observed) = (coalitions.Count, coalitions.Players, utilities, observed);
        _stride = Sizes.RoundUp(_players, 8);
        _design = new AlignedBuffer<double>(_count, _stride);
        foreach (var p in inclusion)
        {
            _scale += 1 / (p * (1 - p)) / inclusion.Length;
        }

        for (var sample = 0; sample < _count; sample++)
        {
            var p = inclusion[sample % inclusion.Length];
            var (inside, outside) = (1 / p / Math.Sqrt(_scale), -1 / (1 - p) / Math.Sqrt(_scale));
            var row = Row(sample);
            var coalition = coalitions[sample];
            for (var player = 0; player < _players; player++)
            {
                row[player] = coalition[player] ? inside : outside;
            }
        }

        // Without their means, which is what an intercept without a penalty does.
        CentredColumns.Centre(_design.Span, _count, _stride);
        CentredColumns.Centre(observed, _count, utilities);
        _gram = CentredColumns.Gram(_design, _count, _players, _stride);
        _products = new AlignedBuffer<double>(utilities, _stride);
        for (var sample = 0; sample < _count; sample++)
        {
            for (var utility = 0; utility < utilities; utility++)
            {
                var sum = Coefficients(utility);
                TensorPrimitives.MultiplyAdd(Row(sample), observed[sample * utilities + utility], sum, sum);
            }
        }
    }

    /// <summary>√w times the coefficients of least squares.</summary>
    /// <param name="errors">Their standard errors, whatever the variances.</param>
    /// <exception cref="InvalidOperationException">They are not determined.</exception>
    public double[] LeastSquares(out double[] errors)
    {
        var factor = Cholesky.Factor(_gram, _stride, 1e-10) ?? throw new InvalidOperationException(
            "Least squares does not determine the effects: some player is a member of all sampled coalitions, or of none, or always together with others. Sample more (Samples), or use the lasso (Lasso).");
        factor.Solve(_products.Span, _utilities);
        for (var sample = 0; sample < _count; sample++)
        {
            for (var utility = 0; utility < _utilities; utility++)
            {
                _observed[sample * _utilities + utility] -= TensorPrimitives.Dot<double>(Row(sample), Coefficients(utility));
            }
        }

        // What the coefficients move by for each residual.
        factor.Solve(_design.Span, _count);
        errors = new double[Sizes.Product(_players, _utilities, "Evaluate fewer test examples at a time.")];
        for (var sample = 0; sample < _count; sample++)
        {
            var moves = Row(sample);
            var residuals = _observed.AsSpan(sample * _utilities, _utilities);
            for (var i = 0; i < errors.Length; i++)
            {
                var move = moves[i / _utilities] * residuals[i % _utilities];
                errors[i] += move * move;
            }
        }

        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = Math.Sqrt(_scale * errors[i] * _count / (_count - _players - 1));
        }

        return Effects();
    }

    /// <summary>√w times the coefficients that minimise (1/2M) |y − b₀ − X b|² + α Σ |b|.</summary>
    /// <param name="alpha">α.</param>
    /// <exception cref="InvalidOperationException">They were not found.</exception>
    public double[] Lasso(double alpha)
    {
        var coefficients = new double[_players];
        for (var utility = 0; utility < _utilities; utility++)
        {
            var square = 0.0;
            for (var sample = 0; sample < _count; sample++)
            {
                square += _observed[sample * _utilities + utility] * _observed[sample * _utilities + utility];
            }

            Array.Clear(coefficients);
            Descend(Coefficients(utility), coefficients, _count * alpha, Settled * Math.Sqrt(square / _count));
            coefficients.CopyTo(Coefficients(utility));
        }

        return Effects();
    }

    private Span<double> Row(int sample) => _design.Span.Slice(sample * _stride, _stride);

    /// <summary>Products of columns and observations; once solved, the coefficients.</summary>
    private Span<double> Coefficients(int utility) => _products.Span.Slice(utility * _stride, _stride);

    /// <summary>Minimises ½ b·G b − c·b + penalty Σ |b| by one coordinate after another.</summary>
    private void Descend(ReadOnlySpan<double> products, Span<double> coefficients, double penalty, double settled)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var i = 0; i < coefficients.Length; i++)
            {
                var row = _gram.Span.Slice(i * _stride, coefficients.Length);
                if (row[i] == 0)
                {
                    continue;
                }

                var slope = products[i] - TensorPrimitives.Dot<double>(row, coefficients) + row[i] * coefficients[i];
                var next = slope > penalty ? (slope - penalty) / row[i] : slope < -penalty ? (slope + penalty) / row[i] : 0;
                largest = Math.Max(largest, Math.Abs(next - coefficients[i]));
                coefficients[i] = next;
            }

            if (largest <= settled)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The lasso did not settle in {MostSweeps} sweeps: sample more coalitions (Samples), or raise the penalty (Lasso).");
    }

    private double[] Effects()
    {
        var effects = new double[Sizes.Product(_players, _utilities, "Evaluate fewer test examples at a time.")];
        for (var i = 0; i < effects.Length; i++)
        {
            effects[i] = Math.Sqrt(_scale) * Coefficients(i % _utilities)[i / _utilities];
        }

        return effects;
    }
}
