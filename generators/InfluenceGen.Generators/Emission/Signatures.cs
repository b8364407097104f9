using System.Globalization;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>The members of <c>IModel</c> that kernels implement, as C# parameter and argument lists.</summary>
internal static class Signatures
{
    private const string Range = "ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights";

    /// <summary>A kernel's parameters: those of its member, without the pass.</summary>
    public static string Parameters(string method, string type) => Parameters(method).Replace("double", type);

    private static string Parameters(string method) => method switch
    {
        "Predict" => Range + ", Span<double> outputs",
        "Loss" => Range + ", Span<double> losses",
        "OutputGradient" => Range + ", Span<double> outputGradients",
        "GradientDot" => Range + ", ReadOnlySpan<double> direction, Span<double> dots",
        "GradientSquaredNorm" => Range + ", Span<double> norms",
        "Gradients" => Range + ", Span<double> rows",
        "GradientSum" => Range + ", ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums",
        "GradientSumWithFlow" => Range + ", ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "Span<double> outputGradients, Span<double> sums, Span<double> flows",
        "Flow" => Range + ", ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "ReadOnlySpan<double> outputGradients, Span<double> flows",
        "OutputHessian" => Range + ", Span<double> outputHessians",
        "LastLayerFeatures" => Range + ", Span<double> layerFeatures",
        "OutputDot" => Range + ", ReadOnlySpan<double> direction, Span<double> dots",
        "OutputAdjointSum" => Range + ", ReadOnlySpan<double> cotangents, Span<double> sums",
        "HessianVectorSum" => Range + ", ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, Span<double> sums",
        "HessianDot" => Range + ", ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots",
        "ThirdDerivativeSum" => Range + ", ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "ReadOnlySpan<double> other, Span<double> sums",
        _ => "ExampleSet<double> left, ExampleSet<double> right, int first, int last, ReadOnlySpan<double> weights, "
            + "ReadOnlySpan<double> leftOutputGradients, ReadOnlySpan<double> rightOutputGradients, Span<double> gram",
    };

    public static bool HasPasses(string method) => method is "GradientSum" or "GradientGram"
        or "OutputAdjointSum" or "HessianVectorSum" or "ThirdDerivativeSum";

    /// <summary>Members that take several directions; their kernels take one.</summary>
    public static bool HasDirections(string method) => method is "OutputDot" or "GradientDot" or "HessianVectorSum";

    /// <summary>What such a member writes, an equal part for each direction.</summary>
    public static string TargetOfDirections(string method) => method == "HessianVectorSum" ? "sums" : "dots";

    public static string KernelName(Sweep sweep, ModelGraph model) => HasPasses(sweep.Method) && model.Passes > 1
        ? sweep.Method + "Of" + model.Blocks[sweep.Pass].Name
        : sweep.Method;

    /// <summary>The names in a parameter list, to pass them on.</summary>
    public static string Arguments(string parameters)
    {
        var names = parameters.Split(',');
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = names[i].Substring(names[i].LastIndexOf(' ') + 1);
        }

        return string.Join(", ", names);
    }

    public static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);
}
