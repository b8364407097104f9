using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

// Each member's own.
public static partial class SweepArguments
{
    /// <summary>The arguments of <see cref="IModel{T}.Predict"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void Predict<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> outputs)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(outputs.Length, (long)examples.Count * model.OutputStride, nameof(outputs));
    }

    /// <summary>The arguments of <see cref="IModel{T}.Loss"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void Loss<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> losses)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(losses.Length, examples.Count, nameof(losses));
    }

    /// <summary>The arguments of <see cref="IModel{T}.OutputGradient"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void OutputGradient<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> outputGradients)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(outputGradients.Length, (long)examples.Count * model.OutputStride, nameof(outputGradients));
    }

    /// <summary>The arguments of <see cref="IModel{T}.OutputHessian"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void OutputHessian<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> outputHessians)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(outputHessians.Length, (long)examples.Count * model.OutputStride * model.Outputs, nameof(outputHessians));
    }

    /// <summary>The arguments of <see cref="IModel{T}.LastLayerFeatures"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void LastLayerFeatures<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> layerFeatures)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(layerFeatures.Length, (long)examples.Count * Workspace<T>.Stride(model.LastLayerLength), nameof(layerFeatures));
    }

    /// <summary>The arguments of <see cref="IModel{T}.OutputDot"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void OutputDot<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> directions, ReadOnlySpan<T> dots)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(dots.Length, (long)examples.Count * model.OutputStride * DirectionsIn(directions.Length, model.Layout), nameof(dots));
    }

    /// <summary>The arguments of <see cref="IModel{T}.GradientDot"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void GradientDot<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> directions, ReadOnlySpan<T> dots)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(dots.Length, examples.Count * DirectionsIn(directions.Length, model.Layout), nameof(dots));
    }

    /// <summary>The arguments of <see cref="IModel{T}.GradientSquaredNorm"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void GradientSquaredNorm<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> norms)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(norms.Length, examples.Count, nameof(norms));
    }

    /// <summary>The arguments of <see cref="IModel{T}.Gradients"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void Gradients<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> rows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(rows.Length, (long)examples.Count * model.GradientRowLength, nameof(rows));
    }

    /// <summary>The arguments of <see cref="IModel{T}.GradientSum"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void GradientSum<TModel, T>(in TModel model, int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, ReadOnlySpan<T> outputGradients, ReadOnlySpan<T> sums)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, pass, examples, first, last, weights);
        RequireCoefficients(coefficients, examples);
        Require(outputGradients.Length, (long)examples.Count * model.OutputStride, nameof(outputGradients));
        Require(sums.Length, model.Layout.SumLength(pass, examples.SegmentsOf(pass).TargetRows), nameof(sums));
    }

    /// <summary>The arguments of <see cref="IModel{T}.GradientSumWithFlow"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void GradientSumWithFlow<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, ReadOnlySpan<T> outputGradients, ReadOnlySpan<T> sums, ReadOnlySpan<T> flows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        RequireCoefficients(coefficients, examples);
        Require(direction.Length, model.Layout.StorageLength, nameof(direction));
        Require(outputGradients.Length, (long)examples.Count * model.OutputStride, nameof(outputGradients));
        Require(sums.Length, model.Layout.SumLength(0, examples.SegmentsOf(0).TargetRows), nameof(sums));
        Require(flows.Length, model.OwnsRows ? examples.SegmentsOf(0).TargetRows : examples.Count, nameof(flows));
    }

    /// <summary>The arguments of <see cref="IModel{T}.Flow"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void Flow<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, ReadOnlySpan<T> outputGradients, ReadOnlySpan<T> flows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        RequireCoefficients(coefficients, examples);
        Require(direction.Length, model.Layout.StorageLength, nameof(direction));
        Require(outputGradients.Length, (long)examples.Count * model.OutputStride, nameof(outputGradients));
        Require(flows.Length, model.OwnsRows ? examples.SegmentsOf(0).TargetRows : examples.Count, nameof(flows));
    }

    /// <summary>The arguments of <see cref="IModel{T}.OutputAdjointSum"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void OutputAdjointSum<TModel, T>(in TModel model, int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> cotangents, ReadOnlySpan<T> sums)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, pass, examples, first, last, weights);
        Require(cotangents.Length, (long)examples.Count * model.OutputStride, nameof(cotangents));
        Require(sums.Length, model.Layout.SumLength(pass, examples.SegmentsOf(pass).TargetRows), nameof(sums));
    }

    /// <summary>The arguments of <see cref="IModel{T}.HessianVectorSum"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void HessianVectorSum<TModel, T>(in TModel model, int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, ReadOnlySpan<T> directions, ReadOnlySpan<T> sums)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, pass, examples, first, last, weights);
        RequireCoefficients(coefficients, examples);
        var count = DirectionsIn(directions.Length, model.Layout);
        Require(sums.Length, count * model.Layout.SumLength(pass, examples.SegmentsOf(pass).TargetRows), nameof(sums));
    }

    /// <summary>The arguments of <see cref="IModel{T}.HessianDot"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void HessianDot<TModel, T>(in TModel model, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> direction, ReadOnlySpan<T> other, ReadOnlySpan<T> dots)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, 0, examples, first, last, weights);
        Require(direction.Length, model.Layout.StorageLength, nameof(direction));
        Require(other.Length, model.Layout.StorageLength, nameof(other));
        Require(dots.Length, examples.Count, nameof(dots));
    }

    /// <summary>The arguments of <see cref="IModel{T}.ThirdDerivativeSum"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void ThirdDerivativeSum<TModel, T>(in TModel model, int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, ReadOnlySpan<T> other, ReadOnlySpan<T> sums)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, pass, examples, first, last, weights);
        RequireCoefficients(coefficients, examples);
        Require(direction.Length, model.Layout.StorageLength, nameof(direction));
        Require(other.Length, model.Layout.StorageLength, nameof(other));
        Require(sums.Length, model.Layout.SumLength(pass, examples.SegmentsOf(pass).TargetRows), nameof(sums));
    }

    /// <summary>The arguments of <see cref="IModel{T}.GradientGram"/>.</summary>
    /// <exception cref="ArgumentException">One does not fit the model, or is too short.</exception>
    public static void GradientGram<TModel, T>(in TModel model, int pass, ExampleSet<T> left, ExampleSet<T> right, int first, int last,
        ReadOnlySpan<T> weights, ReadOnlySpan<T> leftOutputGradients, ReadOnlySpan<T> rightOutputGradients, ReadOnlySpan<T> gram)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(model, pass, left, first, last, weights);
        RequireExamples(model, right);
        Require(leftOutputGradients.Length, (long)left.Count * model.OutputStride, nameof(leftOutputGradients));
        Require(rightOutputGradients.Length, (long)right.Count * model.OutputStride, nameof(rightOutputGradients));
        Require(gram.Length, (long)left.Count * right.Count, nameof(gram));
        if (model.Layout.HasTables && model.Layout.IsOfTables(pass))
        {
            RequireEveryRow(right, pass, right.RowCount(pass), nameof(right));
        }
    }

    /// <summary>The examples of <see cref="IModel{T}.SumInLanes"/>; <see cref="Lanes"/> looks at what else there is.</summary>
    /// <exception cref="ArgumentException">They have other inputs than the model.</exception>
    public static void SumInLanes<TModel, T>(in TModel model, LaneExamples<T> examples)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Features != model.Features || examples.HasBias != (model.Layout.Blocks.Length > 1) || examples.HasOffsets != model.HasOffsets)
        {
            throw new ArgumentException($"The examples in lanes have other inputs than the model of {model.Features} features.", nameof(examples));
        }
    }
}
