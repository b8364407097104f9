using System.Numerics;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Moves the weights, w ← (1 − η (λ m + ρ L2)) w − η red Σ c_z g_z, and notices when they stop being finite. Large models are cut
/// into pieces that threads share. λ m is the plan's weight decay, L2 the penalty of each block of the model; ρ is 1 where the
/// objective is a mean of losses, and their number or weight where it is a sum. With momentum,
/// u ← μ u + red Σ c_z g_z + (λ m + ρ L2) w and w ← w − η u.
/// </summary>
internal sealed class WeightUpdate<T> : IPartedWork where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ShortestPiece = 2048;
    private const int MostPieces = 4096;

    private readonly WorkerTeam _team;
    private readonly AlignedBuffer<T> _weights;
    private readonly AlignedBuffer<T> _gradient;
    private readonly T _momentum;
    private readonly (int Start, int Length, double Decay, double L2)[] _pieces;
    private double _stepSize;
    private double _penaltyScale;
    private T _factor;
    private T _reduction;
    private volatile bool _diverged;

    /// <summary>An update of some weights by some gradient.</summary>
    /// <exception cref="ArgumentException">The weight decay spares a block that the model does not have.</exception>
    public WeightUpdate(ParameterLayout layout, WeightDecay? decay, double momentum, WorkerTeam team, AlignedBuffer<T> weights,
        AlignedBuffer<T> gradient)
    {
        _team = team;
        _weights = weights;
        _gradient = gradient;
        _momentum = T.CreateTruncating(momentum);
        Velocity = momentum > 0 ? new AlignedBuffer<T>(layout.StorageLength) : null;
        var names = layout.Blocks.Select(block => block.Name).ToArray();
        foreach (var name in decay is null ? [] : decay.Except)
        {
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                throw new ArgumentException(
                    $"The weight decay spares a block '{name}'; the model has {string.Join(", ", names)}.");
            }
        }

        var pieceLength = ParameterLayout.RoundUp(Math.Max(ShortestPiece, layout.StorageLength / MostPieces), layout.Line);
        var pieces = new List<(int Start, int Length, double Decay, double L2, double Place)>();
        foreach (var block in layout.Blocks)
        {
            var lambda = decay?.On(block) ?? 0;
            for (var start = 0; start < block.StorageLength; start += pieceLength)
            {
                var length = Math.Min(pieceLength, block.StorageLength - start);
                pieces.Add((block.Offset + start, length, lambda, block.L2, (double)start / block.StorageLength));
            }

            Decays |= lambda > 0 || block.L2 > 0;
        }

        // Sweeps give the first rows of every table to the first thread, so their pieces come first too.
        _pieces = [.. pieces.OrderBy(piece => piece.Place).Select(piece => (piece.Start, piece.Length, piece.Decay, piece.L2))];
    }

    /// <summary>Whether weights shrink even where the gradient is 0.</summary>
    public bool Decays { get; }

    /// <summary>u, 0 before the first step; null without momentum.</summary>
    public AlignedBuffer<T>? Velocity { get; }

    /// <summary>Whether weights move even where the gradient is 0.</summary>
    public bool MovesAll => Decays || Velocity is not null;

    /// <summary>Moves all weights.</summary>
    /// <param name="stepSize">η.</param>
    /// <param name="factor">η red.</param>
    /// <param name="penaltyScale">ρ.</param>
    /// <returns>Whether they are still finite.</returns>
    public bool Move(double stepSize, double factor, double penaltyScale)
    {
        (_stepSize, _penaltyScale) = (stepSize, penaltyScale);
        (_factor, _diverged) = (T.CreateTruncating(factor), false);
        _reduction = T.CreateTruncating(stepSize > 0 ? factor / stepSize : 0);
        if (_pieces.Length >= 4 * _team.Threads)
        {
            _team.Run(this, _pieces.Length);
        }
        else
        {
            for (var piece = 0; piece < _pieces.Length; piece++)
            {
                Run(piece);
            }
        }

        return !_diverged;
    }

    /// <summary>Moves some rows of a table, without decay.</summary>
    /// <returns>Whether they are still finite.</returns>
    public bool MoveRows(in ParameterBlock table, ReadOnlySpan<int> rows, double factor)
    {
        var finite = true;
        foreach (var row in rows)
        {
            finite &= Move(table.Offset + row * table.Stride, table.Stride, T.One, T.CreateTruncating(factor));
        }

        return finite;
    }

    /// <summary>Moves a block, without decay.</summary>
    /// <returns>Whether it is still finite.</returns>
    public bool MoveBlock(in ParameterBlock block, double factor) =>
        Move(block.Offset, block.StorageLength, T.One, T.CreateTruncating(factor));

    /// <summary>Adds (λ m + ρ L2) w to a gradient of the objective.</summary>
    public void AddDecay(ReadOnlySpan<T> weights, double penaltyScale, Span<T> gradient)
    {
        foreach (var (start, length, lambda, l2) in _pieces)
        {
            var decay = T.CreateTruncating(lambda + penaltyScale * l2);
            for (var i = start; i < start + length; i++)
            {
                gradient[i] += decay * weights[i];
            }
        }
    }

    /// <summary>Moves one piece.</summary>
    public void Run(int part)
    {
        var (start, length, lambda, l2) = _pieces[part];
        if (Velocity is not null)
        {
            if (!Roll(Velocity, start, length, T.CreateTruncating(lambda + _penaltyScale * l2)))
            {
                _diverged = true;
            }

            return;
        }

        if (!Move(start, length, T.CreateTruncating(1 - _stepSize * (lambda + _penaltyScale * l2)), _factor))
        {
            _diverged = true;
        }
    }

    private bool Roll(AlignedBuffer<T> velocity, int start, int length, T decay)
    {
        var weights = _weights.Span.Slice(start, length);
        var speeds = velocity.Span.Slice(start, length);
        ReadOnlySpan<T> gradient = _gradient.Span.Slice(start, length);
        var stepSize = T.CreateTruncating(_stepSize);
        var trace = Vector<T>.Zero;
        var i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var place = new Vector<T>(weights[i..]);
            var speed = _momentum * new Vector<T>(speeds[i..]) + (_reduction * new Vector<T>(gradient[i..]) + decay * place);
            var moved = place - stepSize * speed;
            trace |= moved - moved;
            speed.CopyTo(speeds[i..]);
            moved.CopyTo(weights[i..]);
        }

        var finite = Vector.EqualsAll(trace, Vector<T>.Zero);
        for (; i < length; i++)
        {
            speeds[i] = _momentum * speeds[i] + (_reduction * gradient[i] + decay * weights[i]);
            weights[i] -= stepSize * speeds[i];
            finite &= T.IsFinite(weights[i]);
        }

        return finite;
    }

    private bool Move(int start, int length, T keep, T factor)
    {
        var weights = _weights.Span.Slice(start, length);
        ReadOnlySpan<T> gradient = _gradient.Span.Slice(start, length);

        // x − x is 0 for a finite x and not a number otherwise, and "or" never turns that back into 0.
        var trace = Vector<T>.Zero;
        var i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var moved = keep * new Vector<T>(weights[i..]) - factor * new Vector<T>(gradient[i..]);
            trace |= moved - moved;
            moved.CopyTo(weights[i..]);
        }

        var finite = Vector.EqualsAll(trace, Vector<T>.Zero);
        for (; i < length; i++)
        {
            weights[i] = keep * weights[i] - factor * gradient[i];
            finite &= T.IsFinite(weights[i]);
        }

        return finite;
    }
}
