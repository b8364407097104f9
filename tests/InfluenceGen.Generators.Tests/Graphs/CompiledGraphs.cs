using System.Reflection;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>Graphs compiled into one assembly, and checked.</summary>
internal static class CompiledGraphs
{
    /// <summary>What is wrong with graphs, each with what it was asked for; none if all is right.</summary>
    public static List<string> Problems(IReadOnlyList<GraphCase> cases)
    {
        var (assembly, errors) = Generation.Compile([.. cases.Select(graph => graph.Emit())]);
        var problems = new List<string>();
        if (assembly is null)
        {
            // What does not compile does not keep the others from being checked.
            var broken = cases.Where((_, k) => ErrorOf(k) is not null).ToList();
            problems.AddRange(broken.Select(graph => $"{graph}\n    {ErrorOf(cases.ToList().IndexOf(graph))}"));
            return broken.Count == cases.Count ? problems : [.. problems, .. Problems([.. cases.Except(broken)])];
        }

        foreach (var graph in cases)
        {
            try
            {
                var probe = Probe(assembly, graph);
                new GraphCheck(graph, probe, default).Run();
                if (graph.Model.Blocks.Count > 1)
                {
                    // Some blocks held fixed.
                    var some = BlockSet.Of(graph.Model.Blocks.Count - 1);
                    new GraphCheck(graph, probe.With(blocks: some), some).Run();
                }
            }
            catch (Exception e)
            {
                problems.Add($"{graph}\n    {(e as TargetInvocationException)?.InnerException ?? e}");
            }
        }

        return problems;

        Microsoft.CodeAnalysis.Diagnostic? ErrorOf(int number) => errors.FirstOrDefault(error => error.Location.SourceTree?.FilePath == $"Source{number}.cs");
    }

    private static SweepProbe Probe(Assembly assembly, GraphCase graph)
    {
        var type = assembly.GetType($"Graphs.{graph.Name}+Model", throwOnError: true)!;
        var made = Activator.CreateInstance(type, graph.Arguments())!;
        var examples = graph.Examples<double>(7);
        object same = graph.IsSingle ? graph.Examples<float>(7) : examples;
        return (SweepProbe)typeof(SweepProbe).GetMethod(nameof(SweepProbe.InPrecision))!.MakeGenericMethod(type, graph.IsSingle ? typeof(float) : typeof(double))
            .Invoke(null, [made, same, examples, 0.5])!;
    }
}
