using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReciprocityStudies.Reporting;

/// <summary>A report as JSON: every figure, flow and step; the pictures are files of their own.</summary>
internal static class ReportJson
{
    public static string Of(Report report) =>
        JsonSerializer.Serialize(
            new ReportDocument(report.Command, report.Tables, report.Balances, report.Flows, report.Steps),
            ReportContext.Default.ReportDocument);
}

/// <summary>The top of the JSON.</summary>
internal sealed record ReportDocument(string Command, IReadOnlyList<FigureTable> Tables, IReadOnlyList<BalanceTable> Balances,
    IReadOnlyList<FlowTable> Flows, IReadOnlyList<StepTable> Steps);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportContext : JsonSerializerContext;
