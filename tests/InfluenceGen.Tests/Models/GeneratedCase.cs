using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// A generated model with examples and a point in parameter space, and its sweeps as arrays. Every span a sweep writes to
/// is exactly as long as it must be and lies between guards, which must be untouched afterwards.
/// </summary>
public sealed class GeneratedCase
{
    private readonly string _name;
    private readonly int _rank;

    public GeneratedCase(string name, ExampleSet<double> examples, int rank, RandomSource random)
    {
        (_name, _rank, Examples) = (name, rank, examples);
        Model = Make(DeclaredModels.All[name].Generated);
        Theta = Draw(random, Layout.Count, 0.6);
        V = Draw(random, Layout.Count, 1);
        Coefficients = random.NextBelow(3) == 0 ? [] : Draw(random, examples.Count, 1);
    }

    public IModel<double> Model { get; private init; }

    public ExampleSet<double> Examples { get; }

    public ParameterLayout Layout => Model.Layout;

    /// <summary>The parameters, without padding.</summary>
    public double[] Theta { get; init; }

    /// <summary>A direction, without padding.</summary>
    public double[] V { get; init; }

    /// <summary>c_i; empty for none.</summary>
    public double[] Coefficients { get; set; }

    /// <summary>A number for each example.</summary>
    public double[] EachExample(Func<int, double> value) => [.. Enumerable.Range(0, Examples.Count).Select(value)];

    private double[] Weights => Stored(Theta);

    private double[] Direction => Stored(V);

    /// <summary>Random examples for a model: repeated pairs, and users and items without a rating, among them.</summary>
    public static GeneratedCase Random(string name, int seed, int count)
    {
        var declared = DeclaredModels.All[name];
        var random = new RandomSource(seed);
        var size = declared.Size > 0 ? declared.Size : 1 + random.NextBelow(40);
        if (name.StartsWith("Mf", StringComparison.Ordinal))
        {
            var (users, items) = (1 + random.NextBelow(count / 2 + 3), 1 + random.NextBelow(count + 3));
            int[] Codes(int bound) => [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(1 + random.NextBelow(bound)))];
            var ratings = ExampleSet<double>.FromRatings(Codes(users), Codes(items), Draw(random, count, 2), users, items);
            return new GeneratedCase(name, ratings, size, random);
        }

        var labels = name.StartsWith("Logistic", StringComparison.Ordinal)
            ? [.. Enumerable.Range(0, count).Select(_ => (double)random.NextBelow(2))]
            : Draw(random, count, 2);
        var set = ExampleSet<double>.FromFeatures(Draw(random, count * size, 1), size, labels);
        return new GeneratedCase(name, set, 0, random);
    }

    /// <summary>The same model at the same weights, with other examples.</summary>
    public GeneratedCase On(ExampleSet<double> examples) => new(_name, examples, _rank, new(examples.Count))
    {
        Theta = Theta,
        V = V,
    };

    /// <summary>All the same, by the hand-written model.</summary>
    public GeneratedCase ByReference() => new(_name, Examples, _rank, new(1))
    {
        Model = Make(DeclaredModels.All[_name].Reference),
        Theta = Theta,
        V = V,
        Coefficients = Coefficients,
    };

    /// <summary>Where in θ each parameter lies that an example reads: the factors p and q, or w and b.</summary>
    public int[] Touched(int example) =>
    [
        .. Layout.Blocks.SelectMany((block, index) =>
        {
            var before = Layout.Blocks.Take(index).Sum(b => b.Count);
            var row = block.RowIndex < 0 ? 0 : Examples.Index(block.RowIndex)[example];
            return Enumerable.Range(before + row * block.Columns, block.Columns);
        }),
    ];

    // ---- sweeps --------------------------------------------------------------------------------------------------

    public double[] Predict() => PerExample((f, l, to) => Model.Predict(Examples, f, l, Weights, to));

    public double[] Loss() => PerExample((f, l, to) => Model.Loss(Examples, f, l, Weights, to));

    public double[] OutputGradient() => PerExample((f, l, to) => Model.OutputGradient(Examples, f, l, Weights, to));

    public double[] GradientDot() => PerExample((f, l, to) => Model.GradientDot(Examples, f, l, Weights, Direction, to));

    public double[] GradientSquaredNorm() => PerExample((f, l, to) => Model.GradientSquaredNorm(Examples, f, l, Weights, to));

    /// <summary>g_i as packed rows, padding and all.</summary>
    public double[] PackedGradients() => Guarded(Examples.Count * Model.GradientRowLength, double.NaN,
        rows => Model.Gradients(Examples, 0, Examples.SegmentsOf(0).Count, Weights, rows));

    /// <summary>g_i, each in the whole of θ.</summary>
    public double[][] Gradients()
    {
        var rows = PackedGradients();
        var isPadded = Model.GradientRowLength == Layout.Blocks.Sum(block => block.Stride);
        var gradients = new double[Examples.Count][];
        for (var i = 0; i < gradients.Length; i++)
        {
            gradients[i] = new double[Layout.Count];
            var (at, next, from) = (Touched(i), 0, i * Model.GradientRowLength);
            foreach (var block in Layout.Blocks)
            {
                for (var column = 0; column < block.Columns; column++)
                {
                    gradients[i][at[next++]] = rows[from + column];
                }

                from += isPadded ? block.Stride : block.Columns;
            }
        }

        return gradients;
    }

    /// <summary>Σ c_i g_i of each segment of a pass, target by target: rows of <see cref="RowLength"/>, padding included.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="outputGradients">r: written by pass 0, read by others.</param>
    public double[] GradientSum(int pass, double[] outputGradients)
    {
        var sums = SumsToWrite(pass);
        Model.GradientSum(pass, Examples, 0, Examples.SegmentsOf(pass).Count, Weights, Coefficients, outputGradients, sums.Span);
        return sums.Take();
    }

    /// <summary>Σ c_i g_i over all examples, as θ lists it.</summary>
    public double[] Total()
    {
        var stored = new double[Layout.StorageLength];
        var outputGradients = new double[Examples.Count];
        for (var pass = 0; pass < Model.Passes; pass++)
        {
            var sums = GradientSum(pass, outputGradients);
            var start = Model.Passes == 1 ? 0 : Layout.Blocks[pass].Offset;
            for (var k = 0; k < sums.Length; k++)
            {
                stored[start + (Model.Passes == 1 ? k % Layout.StorageLength : k)] += sums[k];
            }
        }

        var theta = new double[Layout.Count];
        Layout.Pack<double>(stored, theta);
        return theta;
    }

    /// <summary>Pass 0 of the sum, and the flows, in one sweep.</summary>
    public (double[] Sums, double[] Flows) GradientSumWithFlow(double[] outputGradients)
    {
        var (sums, flows) = (SumsToWrite(0), FlowsToWrite());
        Model.GradientSumWithFlow(Examples, 0, Examples.SegmentsOf(0).Count, Weights, Coefficients, Direction, outputGradients,
            sums.Span, flows.Span);
        return (sums.Take(), flows.Take());
    }

    public double[] Flow(double[] outputGradients)
    {
        var flows = FlowsToWrite();
        Model.Flow(Examples, 0, Examples.SegmentsOf(0).Count, Weights, Coefficients, Direction, outputGradients, flows.Span);
        return flows.Take();
    }

    /// <summary>g_a·g_b for all pairs, over all passes.</summary>
    public double[] GradientGram(GeneratedCase right)
    {
        var (r, rOfRight) = (OutputGradient(), right.OutputGradient());
        return Guarded(Examples.Count * right.Examples.Count, 0, gram =>
        {
            for (var pass = 0; pass < Model.Passes; pass++)
            {
                Model.GradientGram(pass, Examples, right.Examples, 0, Examples.SegmentsOf(pass).Count, Weights, r, rOfRight, gram);
            }
        });
    }

    public int RowLength(int pass) => Model.Passes == 1 ? Layout.StorageLength : Layout.Blocks[pass].Stride;

    /// <summary>c_i, one for each example.</summary>
    public double CoefficientOf(int example) => Coefficients.Length == 0 ? 1 : Coefficients[example];

    /// <summary>A vector in storage order, from θ's.</summary>
    public double[] Stored(double[] theta)
    {
        var storage = new double[Layout.StorageLength];
        Layout.Unpack<double>(theta, storage);
        return storage;
    }

    private IModel<double> Make(Func<int, int, int, IModel<double>> make) => Examples.TableCount == 0
        ? make(Examples.FeatureCount, 0, 0)
        : make(Examples.RowCount(0), Examples.RowCount(1), _rank);

    /// <summary>Where sums go: no number yet in each parameter of each segment's row, zero between and beyond.</summary>
    private GuardedSpan SumsToWrite(int pass)
    {
        var segments = Examples.SegmentsOf(pass);
        var length = RowLength(pass);
        var sums = new GuardedSpan(segments.TargetRows * length, 0);
        foreach (var target in segments.Targets)
        {
            for (var k = 0; k < length; k++)
            {
                if (!IsPadding(pass, k))
                {
                    sums.Span[target * length + k] = double.NaN;
                }
            }
        }

        return sums;
    }

    /// <summary>Where flows go: no number yet for each example, or for each segment's row.</summary>
    private GuardedSpan FlowsToWrite()
    {
        if (!Model.OwnsRows)
        {
            return new GuardedSpan(Examples.Count, double.NaN);
        }

        var segments = Examples.SegmentsOf(0);
        var flows = new GuardedSpan(segments.TargetRows, 0);
        foreach (var target in segments.Targets)
        {
            flows.Span[target] = double.NaN;
        }

        return flows;
    }

    /// <summary>Whether an element of a row of sums belongs to no parameter.</summary>
    public bool IsPadding(int pass, int element)
    {
        if (Model.Passes > 1)
        {
            return element >= Layout.Blocks[pass].Columns;
        }

        var block = Layout.Blocks.Last(block => block.Offset <= element);
        return element >= block.Offset + block.Columns;
    }

    private delegate void Sweep(Span<double> result);

    private delegate void RangedSweep(int first, int last, Span<double> result);

    private double[] PerExample(RangedSweep sweep) =>
        Guarded(Examples.Count, double.NaN, to => sweep(0, Examples.SegmentsOf(0).Count, to));

    private static double[] Guarded(int length, double initial, Sweep sweep)
    {
        var result = new GuardedSpan(length, initial);
        sweep(result.Span);
        return result.Take();
    }

    private static double[] Draw(RandomSource random, int count, double scale) =>
        [.. Enumerable.Range(0, count).Select(_ => scale * random.NextGaussian())];

    /// <summary>A span between guards.</summary>
    private sealed class GuardedSpan
    {
        private const int GuardLength = 64;
        private const double Guard = -7.25e77;
        private readonly double[] _memory;
        private readonly int _length;

        public GuardedSpan(int length, double initial)
        {
            _length = length;
            _memory = new double[length + 2 * GuardLength];
            Array.Fill(_memory, Guard);
            Span.Fill(initial);
        }

        public Span<double> Span => _memory.AsSpan(GuardLength, _length);

        /// <summary>What was written, once the guards are found untouched.</summary>
        public double[] Take()
        {
            Assert.Equal(-1, _memory.AsSpan(0, GuardLength).IndexOfAnyExcept(Guard));
            Assert.Equal(-1, _memory.AsSpan(GuardLength + _length).IndexOfAnyExcept(Guard));
            return Span.ToArray();
        }
    }
}
