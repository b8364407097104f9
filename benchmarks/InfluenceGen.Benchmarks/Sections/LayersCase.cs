using System.Numerics;
using System.Runtime.InteropServices;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>One sweep with made-up examples and weights, which it leaves for NumPy to read.</summary>
internal sealed class LayersCase<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly string _folder;
    private readonly LayersSweep _sweep;
    private readonly SweepRunner<TModel, T> _runner;
    private readonly ExampleSet<T> _left;
    private readonly ExampleSet<T> _right;
    private readonly AlignedBuffer<T> _weights;
    private readonly AlignedBuffer<T> _directions;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _rightOutputGradients;
    private readonly AlignedBuffer<T> _result;

    public LayersCase(LayersSweep sweep, Func<ExampleSet<T>, TModel> modelFor, string folder)
    {
        (_sweep, _folder) = (sweep, folder);
        var random = new RandomSource(1);
        var rightCount = sweep.Name == "gram" ? sweep.Count : 1;
        (_left, _right) = (MadeUp(LayersSweep.Examples, random), MadeUp(rightCount, random));
        var model = modelFor(_left);
        var layout = model.Layout;
        _runner = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
        _weights = new AlignedBuffer<T>(layout.StorageLength);
        _directions = new AlignedBuffer<T>(Directions * layout.StorageLength);
        for (var vector = -1; vector < Directions; vector++)
        {
            var theta = Draws(layout.Count, random, 0.1);
            layout.Unpack<T>(theta, vector < 0 ? _weights.Span : _directions.Span.Slice(vector * layout.StorageLength, layout.StorageLength));
            Write(vector < 0 ? "theta" : "v", theta, append: vector > 0);
        }

        (_outputGradients, _rightOutputGradients) = (Residuals(_left), Residuals(_right));
        Write(_left, _outputGradients, "");
        Write(_right, _rightOutputGradients, "Right");
        _result = new AlignedBuffer<T>(sweep.Name == "gram" ? LayersSweep.Examples * sweep.Count : Directions * layout.StorageLength);
    }

    private int Directions => _sweep.Name == "hessian" ? _sweep.Count : 1;

    /// <summary>Runs the sweep once.</summary>
    public void Run()
    {
        switch (_sweep.Name)
        {
            case "gradient":
                _runner.GradientSum(_left, _weights, null, _outputGradients, _result);
                break;
            case "hessian":
                _runner.HessianVectorSum(_left, _weights, null, _directions, _result);
                break;
            default:
                _runner.GradientGram(_left, _right, _weights, _outputGradients, _rightOutputGradients, _result);
                break;
        }
    }

    /// <summary>How far NumPy's result, as it left it, is from this one's, relative to the root of its mean square.</summary>
    public double Difference()
    {
        var layout = _runner.Layout;
        T[] ours = [.. _result.Span];
        if (_sweep.Name != "gram")
        {
            ours = new T[Directions * layout.Count];
            for (var direction = 0; direction < Directions; direction++)
            {
                layout.Pack<T>(_result.Span.Slice(direction * layout.StorageLength, layout.StorageLength),
                    ours.AsSpan(direction * layout.Count, layout.Count));
            }
        }

        var theirs = MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(_folder, "result")));
        double squares = 0, greatest = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            squares += Math.Pow(double.CreateChecked(theirs[i]), 2);
            greatest = Math.Max(greatest, Math.Abs(double.CreateChecked(ours[i] - theirs[i])));
        }

        return greatest / Math.Sqrt(squares / ours.Length);
    }

    private ExampleSet<T> MadeUp(int count, RandomSource random)
    {
        var (inputs, outputs) = (_sweep.Model.Widths[0], _sweep.Model.Widths[^1]);
        var features = Draws(count * inputs, random, 1);
        var classes = new int[count];
        for (var i = 0; i < count; i++)
        {
            classes[i] = (int)(Math.Max(outputs, 2) * random.NextDouble());
        }

        return outputs > 1
            ? ExampleSet<T>.FromClasses(features, inputs, classes, outputs)
            : ExampleSet<T>.FromFeatures(features, inputs, Array.ConvertAll(classes, T.CreateChecked));
    }

    private AlignedBuffer<T> Residuals(ExampleSet<T> examples)
    {
        var residuals = new AlignedBuffer<T>(examples.Labels.Length);
        _runner.OutputGradient(examples, _weights, residuals);
        return residuals;
    }

    private void Write(ExampleSet<T> examples, AlignedBuffer<T> residuals, string side)
    {
        Write("x" + side, Rows(examples.Features, examples.FeatureStride, examples.FeatureCount));
        Write("y" + side, Rows(examples.Labels, examples.LabelStride, examples.LabelCount));
        Write("r" + side, Rows(residuals.Span, examples.LabelStride, examples.LabelCount));
    }

    /// <summary>Rows without what pads them.</summary>
    private static T[] Rows(ReadOnlySpan<T> padded, int stride, int columns)
    {
        var rows = new T[padded.Length / stride * columns];
        for (var row = 0; row * stride < padded.Length; row++)
        {
            padded.Slice(row * stride, columns).CopyTo(rows.AsSpan(row * columns));
        }

        return rows;
    }

    private void Write(string name, T[] values, bool append = false)
    {
        using var file = new FileStream(Path.Combine(_folder, name), append ? FileMode.Append : FileMode.Create);
        file.Write(MemoryMarshal.AsBytes<T>(values));
    }

    private static T[] Draws(int count, RandomSource random, double deviation)
    {
        var draws = new T[count];
        foreach (ref var draw in draws.AsSpan())
        {
            draw = T.CreateChecked(deviation * random.NextGaussian());
        }

        return draws;
    }
}
