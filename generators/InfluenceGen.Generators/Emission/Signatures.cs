using System;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>The members of <c>IModel</c> that kernels implement, as C# parameter and argument lists.</summary>
internal static class Signatures
{
    private const string Range = "ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, ";

    /// <summary>A member's parameters, as they are written where the library's namespaces are in use.</summary>
    public static string Parameters(string method, string type) =>
        ((HasPasses(method) ? "int pass, " : "") + WithoutPass(method)).Replace("<double>", $"<{type}>");

    /// <summary>The same for a place where names may mean anything.</summary>
    public static string QualifiedParameters(string method, string type) => Qualified(Parameters(method, type));

    /// <summary>Parameters for a place where names may mean anything.</summary>
    public static string Qualified(string parameters) => parameters
        .Replace("ExampleSet<", "global::InfluenceGen.Examples.ExampleSet<")
        .Replace("LaneExamples<", "global::InfluenceGen.Numerics.LaneExamples<")
        .Replace("ReadOnlySpan<", "global::System.ReadOnlySpan<")
        .Replace(" Span<", " global::System.Span<");

    /// <summary>A kernel's parameters: the layout and the blocks that are differentiated, and those of its member but the pass.</summary>
    public static string KernelParameters(string method, string type) =>
        "ParameterLayout layout, BlockSet blocks, " + WithoutPass(method).Replace("<double>", $"<{type}>")
            .Replace("> left,", "> leftExamples,").Replace("> right,", "> rightExamples,");

    /// <summary>The arguments of a kernel, where its member has the parameters' names.</summary>
    public static string KernelArguments(string method) => "Layout, Blocks, " + Arguments(WithoutPass(method));

    /// <summary>The parameters of the member that sums for submodels in lanes.</summary>
    public static string LaneParameters(string type) => ("LaneExamples<double> examples, ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, "
        + "Span<double> losses, Span<double> gradients, Span<double> hessians").Replace("<double>", $"<{type}>");

    private static string WithoutPass(string method) => method switch
    {
        "Predict" => Range + "Span<double> outputs",
        "Loss" => Range + "Span<double> losses",
        "OutputGradient" => Range + "Span<double> outputGradients",
        "GradientDot" or "OutputDot" => Range + "ReadOnlySpan<double> directions, Span<double> dots",
        "GradientSquaredNorm" => Range + "Span<double> norms",
        "Gradients" => Range + "Span<double> rows",
        "GradientSum" => Range + "ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums",
        "GradientSumWithFlow" => Range + "ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "Span<double> outputGradients, Span<double> sums, Span<double> flows",
        "Flow" => Range + "ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "ReadOnlySpan<double> outputGradients, Span<double> flows",
        "OutputHessian" => Range + "Span<double> outputHessians",
        "LastLayerFeatures" => Range + "Span<double> layerFeatures",
        "OutputAdjointSum" => Range + "ReadOnlySpan<double> cotangents, Span<double> sums",
        "HessianVectorSum" => Range + "ReadOnlySpan<double> coefficients, ReadOnlySpan<double> directions, Span<double> sums",
        "HessianDot" => Range + "ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots",
        "ThirdDerivativeSum" => Range + "ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, "
            + "ReadOnlySpan<double> other, Span<double> sums",
        "GradientGram" => "ExampleSet<double> left, ExampleSet<double> right, int first, int last, ReadOnlySpan<double> weights, "
            + "ReadOnlySpan<double> leftOutputGradients, ReadOnlySpan<double> rightOutputGradients, Span<double> gram",
        _ => throw new InvalidOperationException($"The contract has no sweep {method}."),
    };

    public static bool HasPasses(string method) => method is "GradientSum" or "GradientGram"
        or "OutputAdjointSum" or "HessianVectorSum" or "ThirdDerivativeSum";

    /// <summary>What a member that takes several directions writes, an equal part for each.</summary>
    public static string TargetOfDirections(string method) => method == "HessianVectorSum" ? "sums" : "dots";

    /// <summary>A kernel's name: its sweep's, and of several passes what the rows of each stand for.</summary>
    public static string KernelName(Sweep sweep, ModelGraph model, Traits traits) =>
        !HasPasses(sweep.Method) || traits.Passes == 1 ? sweep.Method
        : sweep.Pass == traits.Columns.Count ? sweep.Method + "OfAll"
        : sweep.Method + "Of" + Sizes.Capital(model.Blocks.First(block => block.Domain?.Column == sweep.Pass).Domain!.Name);

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

    public static string Invariant(long value) => Formula.Invariant(value);
}
