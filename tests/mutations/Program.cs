using System.Diagnostics;
using InfluenceGen.Mutations;

// Makes each mutation of mutations.txt to a copy of the sources, builds the test project that must notice it, runs the classes that must, and
// says which mutations are killed. Arguments are words: only mutations with one of them in their name, file or tests are made. With --check nothing is built.
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "InfluenceGen.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("This program runs inside of the repository.");
}

var words = args.Where(word => word != "--check").ToArray();
var mutations = Mutation.Read(Path.Combine(root, "tests", "mutations", "mutations.txt"))
    .Where(mutation => words.Length == 0 || words.Any(word => $"{mutation.Name} {mutation.File} {mutation.Project} {string.Join(' ', mutation.Classes)}"
        .Contains(word, StringComparison.OrdinalIgnoreCase)))
    .OrderBy(mutation => mutation.Project, StringComparer.Ordinal).ThenBy(mutation => mutation.File, StringComparer.Ordinal).ToList();
if (mutations.Count == 0)
{
    Console.Error.WriteLine($"No mutation has any of these in it: {string.Join(", ", words)}.");
    return 2;
}

var changed = mutations.ConvertAll(mutation => mutation.Applied(root));
if (args.Contains("--check"))
{
    Console.WriteLine($"{mutations.Count} mutations, each of a text that is there once.");
    return 0;
}

var copy = Directory.CreateTempSubdirectory("InfluenceGen.Mutations.").FullName;
var survivors = new List<Mutation>();
try
{
    var tree = new Tree(root, copy);
    tree.Fill();
    foreach (var project in mutations.GroupBy(mutation => mutation.Project))
    {
        // Tests that fail without a mutation would kill any.
        if (tree.Build(project.Key) is { } problem)
        {
            Console.Error.WriteLine($"{project.Key} does not build:\n{problem}");
            return 2;
        }

        if (tree.Test(project.Key, [.. project.SelectMany(mutation => mutation.Classes).Distinct()]) is (false, var failing))
        {
            Console.Error.WriteLine($"{project.Key} fails without any mutation:\n{string.Join('\n', failing)}");
            return 2;
        }

        foreach (var mutation in project)
        {
            var clock = Stopwatch.StartNew();
            tree.Write(mutation.File, changed[mutations.IndexOf(mutation)]);
            var stopped = tree.Build(project.Key);
            if (stopped is not null)
            {
                Console.Error.WriteLine($"'{mutation.Name}' does not compile, which says nothing about the tests:\n{stopped}");
                return 2;
            }

            var (passed, failed) = tree.Test(project.Key, mutation.Classes);
            tree.Restore(mutation.File);
            Console.WriteLine($"{(passed ? "SURVIVED" : "killed  ")} {mutation.Name}{(passed ? "" : $": {failed.Length} tests, such as {failed.FirstOrDefault("the run itself")}")} ({clock.Elapsed.TotalSeconds:F0} s)");
            if (passed)
            {
                survivors.Add(mutation);
            }
        }
    }
}
finally
{
    Directory.Delete(copy, recursive: true);
}

Console.WriteLine($"{mutations.Count - survivors.Count} of {mutations.Count} mutations are killed.");
return survivors.Count == 0 ? 0 : 1;
