using System.Numerics;

namespace InfluenceGen.Examples;

/// <summary>What labels of a domain may be, for readers that can say where one is not.</summary>
internal static class LabelValues
{
    /// <summary>How far from 1 the shares of soft labels may add up, for rounding.</summary>
    private const double Slack = 1e-6;

    /// <summary>What was expected instead of these labels of one example; null where they are right.</summary>
    public static string? Expected<T>(this LabelDomain domain, ReadOnlySpan<T> labels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        foreach (var label in labels)
        {
            var expected = domain switch
            {
                LabelDomain.Binary when label != T.Zero && label != T.One => "0 or 1",
                LabelDomain.NonNegative when T.IsNegative(label) && label != T.Zero => "a number of 0 or more",
                LabelDomain.Distribution when !(label >= T.Zero && label <= T.One) => "a share from 0 to 1",
                _ => null,
            };
            if (expected is not null)
            {
                return expected;
            }

            sum += double.CreateChecked(label);
        }

        return domain == LabelDomain.Distribution && !(Math.Abs(sum - 1) <= Slack) ? "shares that add up to 1" : null;
    }
}
