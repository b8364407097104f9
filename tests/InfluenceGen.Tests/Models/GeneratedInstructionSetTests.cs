using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Sweeps under narrower instruction sets than this machine's: the runtime chooses once, at its start, so each is tried
/// in a process of its own: this program, started with a variable that makes it print its results instead of testing.
/// </summary>
public class GeneratedInstructionSetTests
{
    private const string PrintVariable = "INFLUENCEGEN_PRINT_SWEEPS";

    [Theory]
    [InlineData("DOTNET_PreferredVectorBitWidth", "512")]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public void Instruction_sets_agree_to_1e_12(string variable, string value)
    {
        var (widths, theirs) = ResultsUnder(variable, value);
        Assert.Equal(variable switch
        {
            "DOTNET_PreferredVectorBitWidth" => Widths(Avx512F.IsSupported, Vector256.IsHardwareAccelerated, Vector128.IsHardwareAccelerated),
            "DOTNET_EnableAVX512" => Widths(false, Vector256.IsHardwareAccelerated, Vector128.IsHardwareAccelerated),
            "DOTNET_EnableAVX2" => Widths(false, false, Vector128.IsHardwareAccelerated),
            _ => Widths(false, false, false),
        }, widths);
        var ours = Results().ToDictionary(result => result.Name, result => result.Values);
        Assert.Equal(ours.Keys.Order(), theirs.Keys.Order());
        foreach (var (name, values) in ours)
        {
            Assert.True(values.Any(value => value != 0), name);
            Close.To(values, theirs[name], 1e-12, 0);
        }
    }

    /// <summary>What the other process does, before anything else.</summary>
    [ModuleInitializer]
    internal static void PrintIfAsked()
    {
        if (Environment.GetEnvironmentVariable(PrintVariable) is null)
        {
            return;
        }

        Console.WriteLine(Widths(Vector512.IsHardwareAccelerated, Vector256.IsHardwareAccelerated, Vector128.IsHardwareAccelerated));
        foreach (var (name, values) in Results())
        {
            Console.WriteLine($"{name} {string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}");
        }

        Environment.Exit(0);
    }

    private static string Widths(bool wide, bool middle, bool narrow) => $"512 bits {wide}, 256 bits {middle}, 128 bits {narrow}";

    /// <summary>Every sweep of every model.</summary>
    private static IEnumerable<(string Name, double[] Values)> Results()
    {
        foreach (var name in DeclaredModels.All.Keys)
        {
            var c = GeneratedCase.Random(name, 61, 37);
            yield return ($"{name}.Predict", c.Predict());
            yield return ($"{name}.Loss", c.Loss());
            yield return ($"{name}.OutputGradient", c.OutputGradient());
            yield return ($"{name}.GradientDot", c.GradientDot());
            yield return ($"{name}.GradientSquaredNorm", c.GradientSquaredNorm());
            yield return ($"{name}.Gradients", c.PackedGradients());
            var r = new double[c.Examples.Count];
            for (var pass = 0; pass < c.Model.Passes; pass++)
            {
                yield return ($"{name}.GradientSum.{pass}", c.GradientSum(pass, r));
            }

            yield return ($"{name}.Flow", c.Flow(r));
            var (sums, flows) = c.GradientSumWithFlow(r);
            yield return ($"{name}.GradientSumWithFlow.sums", sums);
            yield return ($"{name}.GradientSumWithFlow.flows", flows);
            yield return ($"{name}.GradientGram", c.GradientGram(c));
        }
    }

    private static (string Widths, Dictionary<string, double[]> Results) ResultsUnder(string variable, string value)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { typeof(GeneratedInstructionSetTests).Assembly.Location },
            Environment = { [variable] = value, [PrintVariable] = "1" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return (lines[0], lines.Skip(1).Select(line => line.Split(' ')).ToDictionary(words => words[0],
            words => words.Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray()));
    }
}
