using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// How far people get what they give. The reciprocity of an individual is min(I/O, O/I) of its inflow and outflow, 0
/// where their signs differ; a model is (p, α)-reciprocal where a share p of the individuals has a reciprocity of α or
/// more (Sundararajan and Krichene, Section 3.3). It is measured for those who have training and deployment examples. A flow that is
/// within the rounding error it can have is 0: whoever shares nothing with others has a reciprocity of 1.
/// </summary>
public sealed class ReciprocityMeasures
{
    private const int Shown = 3;

    private readonly Flows _flows;
    private readonly double[] _ofIndividual;

    internal ReciprocityMeasures(Flows flows)
    {
        _flows = flows;
        _ofIndividual = new double[flows.Individuals.Count];
        var measured = ImmutableArray.CreateBuilder<int>();
        var values = ImmutableArray.CreateBuilder<double>();
        for (var u = 0; u < _ofIndividual.Length; u++)
        {
            _ofIndividual[u] = double.NaN;
            if (flows.Trains(u) && flows.IsPredictedFor(u))
            {
                _ofIndividual[u] = Ratio(Rounded(flows.Inflow[u], flows.InflowError[u]), Rounded(flows.Outflow[u], flows.OutflowError[u]));
                measured.Add(u);
                values.Add(_ofIndividual[u]);
            }
        }

        Measured = measured.ToImmutable();
        Values = values.ToImmutable();
    }

    /// <summary>The individuals that reciprocity is measured for, by code, ascending.</summary>
    public ImmutableArray<int> Measured { get; }

    /// <summary>The reciprocity of each of <see cref="Measured"/>.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>The share of individuals with deployment examples whose inflow is negative: data of others harms them.</summary>
    public double NegativeInflowShare => NegativeShare(_flows.Inflow, _flows.InflowError, _flows.IsPredictedFor);

    /// <summary>The share of individuals with training examples whose outflow is negative: their data harms others.</summary>
    public double NegativeOutflowShare => NegativeShare(_flows.Outflow, _flows.OutflowError, _flows.Trains);

    /// <summary>
    /// min(I/O, O/I), and 0 where the signs differ. Where one flow is 0 and the other is not the ratio is 0, and so is
    /// reciprocity: one who gets and gives nothing, or gives and gets nothing. Where both are 0 it is 1: nothing was
    /// given and nothing was due.
    /// </summary>
    public static double Ratio(double inflow, double outflow)
    {
        if (inflow == outflow)
        {
            return 1;
        }

        var (small, large) = (Math.Min(Math.Abs(inflow), Math.Abs(outflow)), Math.Max(Math.Abs(inflow), Math.Abs(outflow)));
        return Math.Sign(inflow) == Math.Sign(outflow) ? small / large : 0;
    }

    /// <summary>The reciprocity of an individual.</summary>
    /// <exception cref="InvalidOperationException">It has no training example or no deployment example.</exception>
    public double Of(int individual) => !double.IsNaN(_ofIndividual[individual])
        ? _ofIndividual[individual]
        : throw new InvalidOperationException(
            $"Individual '{_flows.Individuals[individual]}' has {(_flows.Trains(individual) ? "no deployment" : "no training")} examples, so there is nothing to balance.");

    /// <summary>
    /// The largest α for which the model is (p, α)-reciprocal: the (1 − p)-quantile of the reciprocities, interpolated
    /// as <see cref="Quantiles.Of"/> does.
    /// </summary>
    /// <param name="p">A share of individuals, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">Nobody's reciprocity is measured.</exception>
    public double Alpha(double p)
    {
        RequireMeasured(1);
        return Quantiles.Of(Values.AsSpan(), 1 - p);
    }

    /// <summary>The share p of individuals whose reciprocity is <paramref name="alpha"/> or more.</summary>
    /// <exception cref="InvalidOperationException">Nobody's reciprocity is measured.</exception>
    public double Share(double alpha)
    {
        RequireMeasured(1);
        return (double)Values.Count(value => value >= alpha) / Values.Length;
    }

    /// <summary>
    /// Pearson's correlation of inflow and outflow over <see cref="Measured"/>, which those with large flows dominate.
    /// </summary>
    /// <exception cref="InvalidOperationException">Fewer than two are measured, or all have the same inflow or outflow.</exception>
    public double Correlation()
    {
        RequireMeasured(2);
        var inflow = Measured.Select(u => _flows.Inflow[u]).ToArray();
        var outflow = Measured.Select(u => _flows.Outflow[u]).ToArray();
        var (meanIn, meanOut) = (inflow.Average(), outflow.Average());
        var (both, squareIn, squareOut) = (0.0, 0.0, 0.0);
        for (var i = 0; i < inflow.Length; i++)
        {
            var (a, b) = (inflow[i] - meanIn, outflow[i] - meanOut);
            both += a * b;
            squareIn += a * a;
            squareOut += b * b;
        }

        return squareIn > 0 && squareOut > 0 && HasSpread
            ? both / Math.Sqrt(squareIn * squareOut)
            : throw new InvalidOperationException("All inflows or all outflows are the same, so they have no correlation.");
    }

    /// <summary>The figures in a few lines: (p, α), correlation, shares of negative flows, who gives and who gets most.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        if (Measured.IsEmpty)
        {
            text.AppendLine("No individual has both training and deployment examples: reciprocity shows only on average over splits.");
        }
        else
        {
            text.AppendLine(culture,
                $"(0.75, {Alpha(0.75):F2})-reciprocal over {Measured.Length} of {_flows.Individuals.Count} individuals");
        }

        if (Measured.Length > 1 && HasSpread)
        {
            text.AppendLine(culture, $"correlation of inflow and outflow {Correlation():F2}");
        }

        text.AppendLine(culture,
            $"negative inflow {100 * NegativeInflowShare:F1}%, negative outflow {100 * NegativeOutflowShare:F1}% of those who have one");
        AppendTop(text.Append("gives most: "), _flows.Outflow, _flows.Trains);
        AppendTop(text.AppendLine().Append("gets most:  "), _flows.Inflow, _flows.IsPredictedFor);
        return text.ToString();
    }

    private bool HasSpread => Differ(_flows.Inflow, _flows.InflowError) && Differ(_flows.Outflow, _flows.OutflowError);

    private bool Differ(ImmutableArray<double> flows, ImmutableArray<double> errors) =>
        Measured.Any(u => Math.Abs(flows[u] - flows[Measured[0]]) > errors[u] + errors[Measured[0]]);

    /// <summary>A flow, or 0 where that is what it is as far as rounding tells.</summary>
    private static double Rounded(double flow, double error) => Math.Abs(flow) <= error ? 0 : flow;

    private void AppendTop(StringBuilder text, ImmutableArray<double> flows, Func<int, bool> has)
    {
        var top = Enumerable.Range(0, flows.Length).Where(has).OrderByDescending(u => flows[u]).Take(Shown);
        text.AppendJoin(", ", top.Select(u =>
            string.Create(CultureInfo.InvariantCulture, $"{_flows.Individuals[u]} ({flows[u]:G4})")));
    }

    private static double NegativeShare(ImmutableArray<double> flows, ImmutableArray<double> errors, Func<int, bool> has)
    {
        var (negative, all) = (0, 0);
        for (var u = 0; u < flows.Length; u++)
        {
            all += has(u) ? 1 : 0;
            negative += has(u) && Rounded(flows[u], errors[u]) < 0 ? 1 : 0;
        }

        return all == 0 ? 0 : (double)negative / all;
    }

    private void RequireMeasured(int count)
    {
        if (Measured.Length < count)
        {
            throw new InvalidOperationException(
                $"{Measured.Length} of {_flows.Individuals.Count} individuals have both training and deployment examples; this needs {count}. Average the flows over splits (FlowAverage).");
        }
    }
}
