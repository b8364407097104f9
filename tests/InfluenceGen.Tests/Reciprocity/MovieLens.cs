using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

/// <summary>Where MovieLens 100K lies: <c>../shared/data/ml-100k</c>, seen from the repository or a folder above it.</summary>
internal static class MovieLens
{
    public static string File(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "ml-100k", name);
            if (System.IO.File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"NOT RUN: MovieLens 100K ({name}) is not in ../shared/data/ml-100k. Get it from https://grouplens.org/datasets/movielens/100k/ and put it there.");
        return name;
    }
}
