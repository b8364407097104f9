using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>What every step of a training did with what: rates, batches and coefficients.</summary>
internal sealed class TrajectorySteps<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<Step> _steps = [];
    private readonly List<int> _positions = [];
    private readonly List<T> _coefficients = [];

    /// <summary>The number of steps T.</summary>
    public int Count => _steps.Count;

    /// <summary>The most examples in a batch that is not the whole set; 0 where every batch is.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether some example's coefficient is not 1.</summary>
    public bool HasCoefficients => _coefficients.Count > 0;

    /// <summary>η, η red and ρ of a step, and whether its batch is the whole set.</summary>
    public (double StepSize, double Factor, double PenaltyScale, bool IsFullBatch) this[int step]
    {
        get
        {
            var of = _steps[step];
            return (of.StepSize, of.Factor, of.PenaltyScale, of.IsFullBatch);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _steps.Clear();
        _positions.Clear();
        _coefficients.Clear();
        Capacity = 0;
    }

    /// <summary>The batch's positions in the training set, ascending; none where it is the whole set.</summary>
    public ReadOnlySpan<int> Positions(int step) => CollectionsMarshal.AsSpan(_positions).Slice(_steps[step].Position, _steps[step].Count);

    /// <summary>c_z of the batch's examples; none where every one is 1.</summary>
    public ReadOnlySpan<T> Coefficients(int step) =>
        CollectionsMarshal.AsSpan(_coefficients).Slice(_steps[step].Coefficient, _steps[step].CoefficientCount);

    /// <summary>Adds a step.</summary>
    /// <exception cref="InvalidOperationException">There are more positions or coefficients than one piece of memory holds.</exception>
    public void Add(double stepSize, double factor, double penaltyScale, bool isFullBatch, ReadOnlySpan<int> positions,
        ReadOnlySpan<T> coefficients)
    {
        // One list of each for all steps.
        if ((long)_positions.Count + positions.Length > Array.MaxLength || (long)_coefficients.Count + coefficients.Length > Array.MaxLength)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"After {_steps.Count} steps the trajectory holds {_positions.Count:N0} batch positions and {_coefficients.Count:N0} coefficients of scaled gradients, as many as one piece of memory does. Take fewer steps or smaller batches, train without GradientScaling, or add up the scores as training goes on (OnlineTracIn)."));
        }

        _steps.Add(new Step(stepSize, factor, penaltyScale, isFullBatch, _positions.Count, positions.Length, _coefficients.Count,
            coefficients.Length));
        _positions.AddRange(positions);
        _coefficients.AddRange(coefficients);
        Capacity = Math.Max(Capacity, positions.Length);
    }

    private readonly record struct Step(double StepSize, double Factor, double PenaltyScale, bool IsFullBatch, int Position, int Count,
        int Coefficient, int CoefficientCount);
}
