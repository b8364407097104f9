using System.Globalization;

namespace InfluenceGen.Tests.Examples;

/// <summary>A culture that writes numbers as no file does: decimal comma, points between groups, a Unicode minus.</summary>
internal static class HostileCulture
{
    public static void Run(Action test)
    {
        var before = CultureInfo.CurrentCulture;
        var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        hostile.NumberFormat.NumberDecimalSeparator = ",";
        hostile.NumberFormat.NumberGroupSeparator = ".";
        hostile.NumberFormat.NegativeSign = "\u2212";
        hostile.TextInfo.ListSeparator = ";";
        try
        {
            CultureInfo.CurrentCulture = hostile;
            test();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
