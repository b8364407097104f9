using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Fuzz;

/// <summary>What is fed with damaged files. A target ends quietly, or by the exception that its documentation names; any other
/// is a fault.</summary>
internal static class Targets
{
    /// <summary>The targets, by the name of their folder of seeds.</summary>
    public static IReadOnlyDictionary<string, Action<string>> All { get; } = new Dictionary<string, Action<string>>
    {
        ["csv"] = Refused<ExampleDataException>(
            path => CsvExamples.Read<double>(path, "y"),
            path => CsvExamples.Read<float>(path, "y", "who", LabelDomain.Binary),
            path => CsvExamples.Read<double>(path, ["y", "b"], features: ["a"])),
        ["classes"] = Refused<ExampleDataException>(
            path => CsvExamples.Read<double>(path, "y", "who", LabelDomain.Distribution),
            path => CsvExamples.Read<double>(path, CsvColumn.OneOf("y", "0", "1", "2"), domain: LabelDomain.Distribution,
                features: [CsvColumn.OneOf("a", "x", "1", "\"x\""), CsvColumn.Boolean("b")])),
        ["ratings"] = Refused<ExampleDataException>(
            path => RatingsFile.Read<double>(path),
            path => RatingsFile.ReadTogether<float>([path, path], allowRepeats: true)),
        ["ratings-csv"] = Refused<ExampleDataException>(
            path => RatingsFile.ReadCsv<double>(path, "user", "item", "rating", allowRepeats: true)),
        ["trajectory"] = Refused<InvalidDataException>(path => Open<double>(path), path => Open<float>(path)),
    };

    /// <summary>Whether what left a target is no more than it may.</summary>
    private static Action<string> Refused<TException>(params Action<string>[] reads) where TException : Exception => path =>
    {
        foreach (var read in reads)
        {
            try
            {
                read(path);
            }
            catch (TException)
            {
            }
        }
    };

    private static void Open<T>(string path) where T : unmanaged, IBinaryFloatingPointIeee754<T> => Trajectory<T>.Open(path);
}
