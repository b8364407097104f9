using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace ReciprocityStudies.Reporting;

/// <summary>A report as JSON: every figure, flow and step; the pictures are files of their own.</summary>
internal static class ReportJson
{
    // The ± of a spread is written as it is.
    private static readonly ReportContext _context = new(new JsonSerializerOptions(ReportContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement),
    });

    public static string Of(Report report) =>
        JsonSerializer.Serialize(
            new ReportDocument(report.Command, report.Tables, report.Balances, report.Flows, report.Steps),
            _context.ReportDocument);
}

/// <summary>The top of the JSON.</summary>
internal sealed record ReportDocument(string Command, IReadOnlyList<FigureTable> Tables, IReadOnlyList<BalanceTable> Balances,
    IReadOnlyList<FlowTable> Flows, IReadOnlyList<StepTable> Steps);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportContext : JsonSerializerContext;
