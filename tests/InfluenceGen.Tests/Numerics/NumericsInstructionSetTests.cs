using System.Diagnostics;
using System.Runtime.Intrinsics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Numerics.Panels;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

/// <summary>
/// The tests of products and functions once more under narrower instruction sets than this machine's: the runtime chooses
/// once, at its start, so each set is tried in a process of its own.
/// </summary>
public class NumericsInstructionSetTests
{
    private static readonly Type[] _repeated =
    [
        typeof(ForcedInstructionSet), typeof(DenseProductsTests), typeof(ElementaryTests), typeof(LogitsTests), typeof(PanelMapTests),
        typeof(PanelSumTests), typeof(PanelPassTests), typeof(PanelProductTests), typeof(PanelResultTests), typeof(LaneSweepTests),
    ];

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableAVX", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task Products_and_functions_are_right_without(string instructions, int bits)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { typeof(NumericsInstructionSetTests).Assembly.Location },
            Environment =
            {
                [instructions] = "0",
                [ForcedInstructionSet.Variable] = Math.Min(bits, ForcedInstructionSet.Bits).ToString(),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var type in _repeated)
        {
            start.ArgumentList.Add("--filter-class");
            start.ArgumentList.Add(type.FullName!);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
    }
}

/// <summary>That the instruction set is the one that was asked for.</summary>
public class ForcedInstructionSet
{
    internal const string Variable = "INFLUENCEGEN_EXPECTED_VECTOR_BITS";

    internal static int Bits => Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    [Fact]
    public void Vectors_are_as_wide_as_expected() =>
        Assert.Equal(Environment.GetEnvironmentVariable(Variable) ?? Bits.ToString(), Bits.ToString());
}
