using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;

namespace InfluenceGen.Tests.Package;

/// <summary>
/// Runs the dotnet command, and what it has built, in processes of their own.
/// </summary>
internal static class Dotnet
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(8);
    private static readonly Lazy<string> _nativeFramework = new(FindNativeFramework);

    /// <summary>The folder of the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The platform that native programs are built for: this one.</summary>
    public static string Platform => RuntimeInformation.RuntimeIdentifier;

    /// <summary>
    /// net10.0 where the package sources have its native runtime pack, net9.0 where they do not.
    /// </summary>
    public static string NativeFramework => _nativeFramework.Value;

    /// <summary>The assembly of one of the repository's projects, as it was built with these tests.</summary>
    /// <param name="project">Its folder in the repository.</param>
    public static string Built(string project) =>
        Path.Combine(Repository, project, "bin", Configuration, "net10.0", $"{Path.GetFileName(project)}.dll");

    /// <summary>Runs a dotnet command that must succeed, and returns what it printed.</summary>
    public static string Run(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var command = arguments.ToArray();
        var (exitCode, output) = Start("dotnet", folder, [.. command, .. Unshared(command[0])], environment);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', command)} in {folder} ended with {exitCode}:{Environment.NewLine}{output}");
        return output;
    }

    /// <summary>Restores a project; what can fail here is the network, so a failure says which sources were asked.</summary>
    public static void Restore(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var (exitCode, output) = Start("dotnet", folder, ["restore", .. arguments, .. Unshared("restore")], environment);
        if (exitCode != 0)
        {
            var sources = Start("dotnet", folder, ["nuget", "list", "source"], environment).Output;
            Assert.Fail($"""
                The packages that the project in {folder} needs could not be restored. This test has to reach the machine's package sources:
                {sources}
                {output}
                """);
        }
    }

    /// <summary>Runs a program that must succeed, and returns what it printed.</summary>
    public static string Execute(string folder, string file, string[] arguments, params (string Name, string Value)[] environment)
    {
        var (exitCode, output) = Start(file, folder, arguments, environment);
        Assert.True(exitCode == 0, $"{file} {string.Join(' ', arguments)} ended with {exitCode}:{Environment.NewLine}{output}");
        return output;
    }

    // Nodes and compilers that outlive the command would hold on to its output, and to files that are to be removed.
    private static string[] Unshared(string command) => command is "nuget" ? [] : ["-nodeReuse:false", "-p:UseSharedCompilation=false"];

    private static (int ExitCode, string Output) Start(string file, string folder, string[] arguments,
        (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the build that runs these tests has set for itself must not reach the builds that they start, and what
        // the tests are run with must not reach the programs, which say for themselves what they run with.
        foreach (var name in start.Environment.Keys.Where(IsInherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{file} {string.Join(' ', arguments)} was still running after {_patience}.");
        }

        return (process.ExitCode, output.Result + error.Result);
    }

    private static string Configuration =>
        typeof(Dotnet).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static bool IsInherited(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase);

    private static string FindNativeFramework()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Probe.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <PublishAot>true</PublishAot>
              </PropertyGroup>
            </Project>
            """);
        var (exitCode, output) = Start("dotnet", folder.Path, ["restore", "-r", Platform, .. Unshared("restore")], []);
        if (exitCode == 0)
        {
            return "net10.0";
        }

        Assert.True(output.Contains("NU1101", StringComparison.Ordinal) && output.Contains("Runtime.NativeAOT", StringComparison.Ordinal),
            $"The package sources could not be asked whether they have .NET 10's native runtime pack:{Environment.NewLine}{output}");
        return "net9.0";
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "InfluenceGen.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException($"InfluenceGen.sln is in no folder above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
