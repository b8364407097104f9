using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>Writes a trained model's utilities.</summary>
internal delegate void FitUtility<TModel, T>(Fit<TModel, T> fit, Span<double> utilities)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>
/// The game of a fit: v(S) is the utility of the model that is trained again on what the players in S bring. Nothing is trained on nothing,
/// nor on examples of weight 0: there v is the utility at weights of 0, or a number that is given.
/// </summary>
internal sealed class RetrainingGame<TModel, T> : Game
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Retrainer<TModel, T> _retrainer;
    private readonly int[][] _brought;
    private readonly Func<int, string> _name;
    private readonly FitUtility<TModel, T> _utility;
    private readonly double[] _ofNobody;
    private readonly double[] _ofAll;
    private readonly bool[] _counts;
    private readonly ImmutableArray<string> _equalRows;

    public RetrainingGame(Retrainer<TModel, T> retrainer, (int[][] Examples, Func<int, string> Name) players, int utilities,
        FitUtility<TModel, T> utility, string name, double[]? ofNobody)
        : base(players.Examples.Length, utilities)
    {
        (_retrainer, _utility, (_brought, _name)) = (retrainer, utility, players);
        _ofNobody = ofNobody ?? new double[utilities];
        if (ofNobody is null)
        {
            utility(retrainer.Full.At(new AlignedBuffer<T>(retrainer.Full.Weights.Length)), _ofNobody);
        }

        _ofAll = new double[utilities];
        utility(retrainer.Full, _ofAll);
        var training = retrainer.Training;
        _counts = new bool[_brought.Length];
        for (var player = 0; player < _counts.Length; player++)
        {
            _counts[player] = training.Weights.IsEmpty || Array.Exists(_brought[player], example => training.Weights[example] > T.Zero);
        }

        _equalRows = EqualRows.NoteOf(training, _brought, _name);
        var brought = new Checksum();
        foreach (var examples in _brought)
        {
            brought.Add<int>(examples);
            brought.Add<int>([examples.Length]);
        }

        Identity = string.Create(CultureInfo.InvariantCulture,
            $"{base.Identity}; they bring {brought.Value:X8}; {retrainer.Full.Model.Declaration}; {SetFingerprint.Of(training)}; {retrainer.Removal}; {(retrainer.Converges ? "minimum" : "plan")}; {retrainer.Full.Plan.InWords()}; {name}; nobody {_ofNobody[0]:R}");
    }

    /// <inheritdoc/>
    internal override string Identity { get; }

    /// <inheritdoc/>
    /// <remarks>The only place that hears from training what a reader should know of it, such as how many coalitions had no minimum.</remarks>
    public override ImmutableArray<string> Notes => _retrainer.Full.With([.. _equalRows, .. _retrainer.CoalitionNotes]);

    /// <inheritdoc/>
    protected override string Name(int player) => _name(player);

    /// <inheritdoc/>
    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        var written = new double[Sizes.Product(coalitions.Count, Utilities, "Evaluate fewer test examples at a time.")];
        var trained = new List<int>(coalitions.Count);
        for (var i = 0; i < coalitions.Count; i++)
        {
            var coalition = coalitions[i];
            if (coalition.Count == Players)
            {
                _ofAll.CopyTo(written, i * Utilities);
            }
            else if (HasWeight(coalition))
            {
                trained.Add(i);
            }
            else
            {
                _ofNobody.CopyTo(written, i * Utilities);
            }
        }

        _retrainer.Train(trained.Count, part => ExamplesOf(coalitions[trained[part]]),
            (part, fit) => _utility(fit, written.AsSpan(trained[part] * Utilities, Utilities)), progress: null);
        written.CopyTo(utilities);
    }

    private bool HasWeight(Coalition coalition)
    {
        foreach (var player in coalition)
        {
            if (_counts[player])
            {
                return true;
            }
        }

        return false;
    }

    private int[] ExamplesOf(Coalition coalition)
    {
        var examples = new List<int>();
        foreach (var player in coalition)
        {
            examples.AddRange(_brought[player]);
        }

        return [.. examples];
    }
}
