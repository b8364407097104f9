using InfluenceGen.Tests.Package;

namespace InfluenceGen.Tests.Native;

/// <summary>
/// <c>tests/InfluenceGen.Native.Tests</c>, which prints what all sweeps of models of all families compute: under the JIT
/// as it was built with these tests, and published native. What was published is kept among the project's build outputs,
/// and published again only when something in it has changed.
/// </summary>
public sealed class NativeProgram
{
    private const string Name = "InfluenceGen.Native.Tests";

    private readonly Dictionary<string, ProgramReport> _jitReports = [];

    private static string Project => Path.Combine(Dotnet.Repository, "tests", Name);

    /// <summary>The program's assembly, as the JIT runs it.</summary>
    public static string Assembly => Dotnet.Built($"tests/{Name}");

    /// <summary>Runs the program under the JIT.</summary>
    /// <param name="without">An instruction set to be switched off, as <c>DOTNET_…=0</c> names it; null for none.</param>
    internal ProgramReport RunJit(string? without = null)
    {
        if (!_jitReports.TryGetValue(without ?? "", out var report))
        {
            (string, string)[] environment = without is null ? [] : [($"DOTNET_{without}", "0")];
            report = new ProgramReport(Dotnet.Execute(Project, "dotnet", [Assembly], environment));
            _jitReports.Add(without ?? "", report);
        }

        return report;
    }

    /// <summary>Publishes the program native and runs it. A warning of the trimmer or the native compiler is an error.</summary>
    /// <param name="instructionSet">What it may use, as <c>IlcInstructionSet</c> names it.</param>
    internal ProgramReport RunNative(string instructionSet)
    {
        var binaries = Path.Combine(Project, "bin", "native", instructionSet) + Path.DirectorySeparatorChar;
        var objects = Path.Combine(Project, "obj", "native", instructionSet) + Path.DirectorySeparatorChar;
        Dotnet.Run(Project,
        [
            "publish", "-c", "Release", "-r", Dotnet.Platform, "-f", Dotnet.NativeFramework,
            $"-p:NativeFramework={Dotnet.NativeFramework}", $"-p:IlcInstructionSet={instructionSet}",
            $"-p:NativeOutputPath={binaries}", $"-p:NativeIntermediateOutputPath={objects}",
        ]);
        return new ProgramReport(Dotnet.Execute(Project, Path.Combine(binaries, Name), []));
    }
}
