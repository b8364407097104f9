using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Commands;

/// <summary>Where a report's files go.</summary>
/// <param name="json">The file of figures, or null for none.</param>
/// <param name="plots">The folder of pictures.</param>
internal sealed class Destination(string? json, string plots)
{
    /// <summary>Finds out before the work, not after it, that files cannot be written.</summary>
    /// <exception cref="UsageException">They cannot.</exception>
    public void RequireUsable()
    {
        if (json is not null && Directory.Exists(json))
        {
            throw new UsageException($"--json: {json} is a folder; name a file in it.");
        }

        if (json is not null && Path.GetDirectoryName(Path.GetFullPath(json)) is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"--json: there is no folder {folder}.");
        }

        if (File.Exists(plots))
        {
            throw new UsageException($"--plots: {plots} is a file; name a folder.");
        }
    }

    /// <summary>Writes them.</summary>
    /// <returns>A line for each thing written.</returns>
    public IEnumerable<string> Write(Report report)
    {
        Directory.CreateDirectory(plots);
        foreach (var picture in report.Pictures)
        {
            WholeFile.Write(Path.Combine(plots, picture.FileName), picture.Svg);
        }

        yield return $"{report.Pictures.Count} plots are in the folder {plots}.";
        if (json is not null)
        {
            WholeFile.Write(json, ReportJson.Of(report));
            yield return $"Every figure is in {json}.";
        }
    }
}

/// <summary>The user asked for something that cannot be; the message says so in one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
