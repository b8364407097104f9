using System.Globalization;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using Xunit;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>
/// Random models, each compiled and compared with the interpreter, sweep by sweep. <c>tests/graphs/run</c> takes many more than a run of
/// the tests does.
/// </summary>
public class RandomGraphTests
{
    private const int BatchLength = 25;

    // What a long run takes, and where it starts: tests/graphs/run says it.
    private static readonly int _count = Setting("GRAPHS_COUNT", 200), _first = Setting("GRAPHS_FIRST", 1);

    [Fact]
    public void Every_sweep_of_random_graphs_is_the_interpreters()
    {
        var (problems, refused) = (new List<string>(), new List<string>());
        for (var start = _first; start < _first + _count; start += BatchLength)
        {
            var cases = new List<GraphCase>();
            for (var seed = start; seed < Math.Min(start + BatchLength, _first + _count); seed++)
            {
                var graph = RandomGraph.Of(seed);
                try
                {
                    graph.Emit();
                    cases.Add(graph);
                }
                catch (UnknownNodeException e)
                {
                    // A stage says which node it cannot do.
                    Assert.Contains("node ", e.Message, StringComparison.Ordinal);
                    refused.Add($"{graph}\n    {e.Message}");
                }
                catch (Exception e)
                {
                    problems.Add($"{graph}\n    {e}");
                }
            }

            problems.AddRange(CompiledGraphs.Problems(cases));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{_count} graphs from seed {_first}: {problems.Count} wrong, {refused.Count} refused.\n" + string.Join("\n", refused));
        Assert.True(problems.Count == 0, $"{problems.Count} of {_count} are wrong:\n" + string.Join("\n", problems.Take(20)));
        Assert.True(refused.Count <= _count / 20, $"{refused.Count} of {_count} are refused:\n" + string.Join("\n", refused.Take(20)));
    }

    [Fact]
    public void They_hold_every_kind_of_node_and_of_block()
    {
        var graphs = Enumerable.Range(1, 200).Select(RandomGraph.Of).ToList();
        var nodes = graphs.SelectMany(graph => ModelGraph.Reached([graph.Model.Output, graph.Model.Penalty])).ToList();

        // Outer products are what derivatives are made of: in a model they are taken apart.
        var kinds = typeof(Expression).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Expression))
            && type != typeof(Outer)).Order(Comparer<Type>.Create(
            (a, b) => string.CompareOrdinal(a.Name, b.Name))).ToList();
        Assert.Equal(kinds, nodes.Select(node => node.GetType()).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal));
        var blocks = graphs.SelectMany(graph => graph.Model.Blocks).ToList();
        Assert.Contains(blocks, block => block is { IsTable: true, Columns: null });
        Assert.Contains(blocks, block => block is { IsTable: true, Columns: not null });
        Assert.Contains(blocks, block => block is { IsTable: false, Columns: null });
        Assert.Contains(blocks, block => block.Height is not null);
        Assert.Contains(graphs, graph => graph.Model.Blocks.Count == 4);
        Assert.Contains(graphs, graph => graph.Traits.IsByRows);
        Assert.Contains(graphs, graph => graph.Traits.OwnsRows);
        Assert.Contains(graphs, graph => graph.Model.Weight is not null && !graph.Traits.IsByRows && graph.Traits.Columns.Count > 0);
        Assert.Contains(graphs, graph => graph.Model.Weight is not null && graph.Traits.IsByRows);
        Assert.Contains(graphs, graph => graph.Model.HasOffset);
        Assert.Contains(graphs, graph => graph.IsSingle && graph.Traits.IsByRows);
        Assert.Contains(graphs, graph => graph.Model.Output.Length is { IsOpen: true });
        Assert.Contains(graphs, graph => graph.Model.Features is { IsOpen: true });
        Assert.Contains(graphs, graph => graph.Traits.Columns.Count == 3);
        Assert.Contains(graphs, graph => graph.Model.Features is not null && graph.Model.Blocks.Any(block => block.IsTable));
        Assert.Contains(graphs, graph => graph.Model.Leaves.Any(leaf => leaf.IsLaidOut && leaf.Column >= 0 && leaf.Column != graph.Model.Blocks[leaf.Slot].Domain!.Column));
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : usual;
}
