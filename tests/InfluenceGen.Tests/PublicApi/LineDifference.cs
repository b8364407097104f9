using System.Text;

namespace InfluenceGen.Tests.PublicApi;

/// <summary>The lines that were taken away and added between two texts, each below the type that it belongs to.</summary>
internal static class LineDifference
{
    private const string MemberIndent = "        ";

    public static string Between(string[] before, string[] after)
    {
        var text = new StringBuilder();
        var (type, shown) = ("", "");
        var common = LongestCommon(before, after);
        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                type = before[i].StartsWith(MemberIndent, StringComparison.Ordinal) ? type : before[i];
                (i, j) = (i + 1, j + 1);
                continue;
            }

            if (type != shown)
            {
                text.AppendLine($"  {type}");
                shown = type;
            }

            var taken = j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]);
            text.AppendLine(taken ? $"- {before[i++]}" : $"+ {after[j++]}");
        }

        return text.ToString();
    }

    /// <summary>The length of the longest common subsequence of what follows each pair of places.</summary>
    private static int[,] LongestCommon(string[] before, string[] after)
    {
        var lengths = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = before[i] == after[j]
                    ? lengths[i + 1, j + 1] + 1
                    : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }
}
